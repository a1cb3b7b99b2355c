"""The doors to one mission order: what a person may not see does not exist."""

from django.http import Http404

from accounts.models import User
from extranet.models import MissionOrder
from extranet.queries.mission import mission_of_token, visible_missions


def access_mission(user: User, order_code: str, code: str) -> MissionOrder:
    """Returns a mission order of an order that the person may see; raises Http404 otherwise."""
    mission = visible_missions(user).filter(code=code, order__code=order_code).first()
    if mission is None:
        raise Http404
    return mission


def access_mission_by_link(token: str) -> MissionOrder:
    """Returns the mission order of a link, in whatever state; raises Http404 when the link is none of ours."""
    mission = mission_of_token(token)
    if mission is None:
        raise Http404
    return mission
