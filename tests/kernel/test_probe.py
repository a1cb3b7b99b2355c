import threading
from django.db import connection
from tenants.models import Firm
def test_a(own_database):
    Firm.objects.filter(schema_name="firm_alpha").update(name="X")
    got=[]
    def work():
        got.append((connection.settings_dict["NAME"],Firm.objects.get(schema_name="firm_alpha").name)); connection.close()
    t=threading.Thread(target=work); t.start(); t.join()
    assert got[0][1]=="X"
    assert got[0][0].endswith("_own")
def test_b(cast):
    assert connection.settings_dict["NAME"].endswith("_own") is False
    assert cast.alpha.name=="Cabinet Alpha"
def test_c():
    import socket
    s=socket.socket()
    s.connect(("9.9.9.9",80))
