"""The signed mission order among the files of its order's dossier."""

from extranet.actions.dossier_file import FileInput, attach_files
from extranet.enums import FileKind, Visibility
from extranet.enums_mission import MissionState
from extranet.models import MissionSignature, Order
from kernel.jobs import firm_job
from storage.actions.files import store_bytes
from storage.backends import firm_storage


@firm_job(queue="documents")
def file_signed_mission(*, mission_id: int) -> None:
    """Puts a copy of a signed mission order into the dossier of its order; the dossier that has it is left alone."""
    found = MissionSignature.objects.select_related("stored", "mission__order__dossier", "mission__order__assigned_to")
    signature = found.filter(mission_id=mission_id).first()
    if signature is None or signature.mission.order.dossier is None:
        return
    copy = store_bytes(firm_storage().stream(signature.stored.key), name=signature.stored.name)
    # one whose bytes are there already is left out by this, and its copy deleted
    attach_files(
        signature.mission.order.dossier,
        files=[FileInput(copy, kind=FileKind.MISSION, visibility=Visibility.CLIENT)],
        user=signature.mission.order.assigned_to,
    )


def follow_dossier(order: Order) -> None:
    """Has the signed mission orders of an order put into the dossier that was just made of it."""
    signed = order.missions.filter(state=MissionState.SIGNED).order_by("rank")
    for key in signed.values_list("pk", flat=True):
        file_signed_mission.enqueue(mission_id=key, once=str(key))
