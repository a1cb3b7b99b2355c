"""Files leave by one door: a view that sends a stored file otherwise is not in these lists, and fails."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What makes bytes of the store leave.
_SENDERS = {
    *("send_file", "zip_response", "handover_zip", "stream_zip", "FileResponse", "StreamingHttpResponse"),
    *("download_url", "firm_storage", "bound_pdf", "stamped_copy"),
}
_STAFF = {"for_staff", "for_admins", "for_permission"}
#: The views that clients and guests reach: each sends what the door, or the bound file of what it gave, returned.
OUTWARD = {
    ("portal/file.py", "file_content"): {"hand_over"},
    ("portal/file.py", "_download"): {"hand_over"},
    ("portal/file.py", "_zip"): {"hand_over_all"},
    ("guest/file.py", "file_content"): {"hand_over"},
    ("guest/file.py", "_one"): {"hand_over"},
    ("guest/file.py", "_zip"): {"hand_over_all"},
    ("portal/complete.py", "complete_download"): {"complete_state"},
}
#: The firm's own, behind for_staff; the one as a client gets it asks the door all the same.
INWARD = {
    ("office/bulk.py", "bulk_zip"),
    ("office/company.py", "signature_picture"),
    ("office/document.py", "document_download"),
    ("office/file_version.py", "version_download"),
    ("office/library.py", "version_download"),
    ("office/settings_log.py", "archive_download"),
    ("office/unpaid.py", "file_as_client_content"),
}
#: What clients joined to an order themselves: no part of a dossier, behind the order's own door.
ORDERS = {
    ("portal/order.py", "order_file"): "access_order_file",
    # offers and their certificates, which are due to whoever has the quote
    ("portal/quote.py", "paper_response"): "access_quote_paper",
    # the firm's own documents, and what was joined to a message
    ("portal/library.py", "_send"): "_document_or_login",
    ("portal/message.py", "message_file"): "access_message_file",
}
#: What somebody is asked to sign, and has signed: due to it, behind doors that its callers ask first.
MISSIONS = {("portal/mission.py", "send_mission"): {"access_mission", "access_mission_by_link", "_readable"}}
#: The endpoints that send a file, and the door each asks; a dossier's goes by the one that knows of unpaid ones.
ENDPOINTS = {
    "DossierFileContent": {"access_file", "hand_over"},
    "DossierExport": {"access_dossier"},
    "ArchiveContent": {"_kept"},
    "DocumentContent": {"access_document"},
    "MessageFileContent": {"access_message_file"},
    "OrderFileContent": {"access_order_file"},
    "QuotePaper": {"access_quote"},
    "QuoteCertificate": {"access_quote"},
}
#: Of these, what is the firm's alone.
NOT_FOR_CLIENTS = {"DossierExport", "ArchiveContent"}
#: What they are made of, and workbooks and maps, which hold no file.
MEANS = {
    # the firm's, behind for_permission and an endpoint that is none for clients
    ("office/dossier_export.py", "whole_zip"),
    ("zip.py", "zip_response"),
    ("zip.py", "handover_zip"),
}


def functions(folder: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(ROOT / folder).as_posix(), node


def called(node: ast.AST) -> set[str]:
    return {
        one.func.id if isinstance(one.func, ast.Name) else one.func.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, (ast.Name, ast.Attribute))
    }


def decorators(node: ast.FunctionDef) -> set[str]:
    made = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return {one.id for one in made if isinstance(one, ast.Name)}


def sends_a_file(node: ast.FunctionDef) -> bool:
    # the exports' own streams and temporary files are no stored ones
    return bool(called(node) & (_SENDERS - {"FileResponse", "StreamingHttpResponse"}))


def test_each_view_that_sends_a_stored_file_is_known_and_behind_a_door() -> None:
    found = {(name, node.name): node for name, node in functions("extranet/views") if sends_a_file(node)}
    assert set(found) == set(OUTWARD) | INWARD | set(ORDERS) | set(MISSIONS) | MEANS
    for key, doors in OUTWARD.items():
        assert doors <= called(found[key]), key
    for key in INWARD:
        assert decorators(found[key]) & _STAFF, key
    for key, door in ORDERS.items():
        assert door in called(found[key]), key
    for (_module, sender), doors in MISSIONS.items():
        callers = [node for _name, node in functions("extranet/views") if sender in called(node)]
        assert len(callers) == 4, "each with and without an account, to be read and to be kept"
        for node in callers:
            assert doors & called(node), node.name
    readable = [node for name, node in functions("extranet/views") if node.name == "_readable" and "mission" in name]
    assert [called(node) & {"access_mission_by_link"} for node in readable] == [{"access_mission_by_link"}]


def test_what_is_sent_is_what_the_door_gave() -> None:
    """The stored file that is sent is a name bound to the door's answer, never a file's own bytes."""
    for name, node in functions("extranet/views"):
        if (name, node.name) not in OUTWARD:
            continue
        doors = OUTWARD[name, node.name]
        given = {
            target.id
            for one in ast.walk(node)
            if isinstance(one, ast.Assign) and called(one.value) & doors
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in _SENDERS:
                sent = call.args[0] if call.func.id == "handover_zip" else call.args[1]
                root = sent.value if isinstance(sent, ast.Attribute) else sent
                assert isinstance(root, ast.Name), (name, node.name)
                assert root.id in given, (name, node.name)
        assert given, (name, node.name)


def test_the_layer_above_sends_no_stored_file() -> None:
    """Billing hands over receipts, which it draws, and nothing of a dossier."""
    assert [(name, node.name) for name, node in functions("billing") if sends_a_file(node)] == []


def test_each_endpoint_that_sends_a_file_is_known_and_behind_a_door() -> None:
    found = {
        node.name: node
        for path in sorted((ROOT / "platform/api/views").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and called(node) & (_SENDERS | {"stored", "whole_zip"})
    }
    assert set(found) == set(ENDPOINTS) | {"ContentView"}
    for name, doors in ENDPOINTS.items():
        assert doors <= called(found[name]), name
    for name in NOT_FOR_CLIENTS:
        views = importlib.import_module("api.views.export")
        assert getattr(views, name).clients is False, name


def test_who_reads_the_store_in_the_portal_is_known() -> None:
    """Each reads for the firm, or what the door gave."""
    readers = {name for name, node in functions("extranet") if "firm_storage" in called(node)}
    assert readers == {
        "actions/contact_import.py",  # the firm's own sheet
        "actions/dossier_import.py",  # the firm's own archives
        "actions/firm_archive.py",  # all of its data, for the firm's administrators
        "exporters/firm_archive.py",
        "actions/order_dossier.py",  # copies what was joined to an order
        "actions/dossier_file_version.py",  # staff puts a version back
        "actions/unpaid.py",  # asks whether there are addresses
        "actions/mission_file.py",  # puts what was signed into its dossier
        "exporters/mission.py",  # the firm's own model
        "queries/company.py",  # the picture of the firm's signature
        "queries/mission_proof.py",  # whether what was signed is as it was
    }
