"""Addresses of the demo's properties with their places: the demo has no network to look them up in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPlace:
    """An address and where it is, in degrees (WGS 84)."""

    street: str
    postcode: str
    city: str
    latitude: float
    longitude: float


PLACES = [
    DemoPlace("12 rue de Siam", "29200", "Brest", 48.3876, -4.4872),
    DemoPlace("3 quai de la Douane", "29200", "Brest", 48.3835, -4.4888),
    DemoPlace("45 rue Jean Jaurès", "29200", "Brest", 48.3925, -4.4810),
    DemoPlace("8 rue de la Porte", "29200", "Brest", 48.3835, -4.5030),
    DemoPlace("27 rue Anatole France", "29200", "Brest", 48.3838, -4.5085),
    DemoPlace("16 rue Kéréon", "29000", "Quimper", 47.9960, -4.1045),
    DemoPlace("5 place Saint-Corentin", "29000", "Quimper", 47.9957, -4.1021),
    DemoPlace("22 rue du Chapeau Rouge", "29000", "Quimper", 47.9964, -4.1072),
    DemoPlace("9 quai de Léon", "29600", "Morlaix", 48.5786, -3.8287),
    DemoPlace("14 Grand'Rue", "29600", "Morlaix", 48.5769, -3.8264),
    DemoPlace("2 place du Général de Gaulle", "29800", "Landerneau", 48.4509, -4.2490),
    DemoPlace("31 rue Gambetta", "29100", "Douarnenez", 48.0930, -4.3290),
    DemoPlace("7 avenue de la Gare", "29900", "Concarneau", 47.8757, -3.9203),
    DemoPlace("18 rue Amiral Réveillère", "29680", "Roscoff", 48.7262, -3.9850),
    DemoPlace("4 rue du Général Leclerc", "29250", "Saint-Pol-de-Léon", 48.6853, -3.9861),
    DemoPlace("11 rue Saint-Guillaume", "22000", "Saint-Brieuc", 48.5136, -2.7636),
    DemoPlace("6 rue Houvenagle", "22000", "Saint-Brieuc", 48.5145, -2.7622),
    DemoPlace("10 place du Centre", "22200", "Guingamp", 48.5626, -3.1500),
    DemoPlace("23 rue de Tréguier", "22300", "Lannion", 48.7325, -3.4590),
    DemoPlace("1 place des Merciers", "22100", "Dinan", 48.4545, -2.0477),
    DemoPlace("15 rue Le Bastard", "35000", "Rennes", 48.1128, -1.6796),
    DemoPlace("40 rue Saint-Malo", "35000", "Rennes", 48.1181, -1.6812),
    DemoPlace("3 place Hoche", "35000", "Rennes", 48.1153, -1.6775),
    DemoPlace("21 boulevard de la Liberté", "35000", "Rennes", 48.1049, -1.6792),
    DemoPlace("8 rue de Dinan", "35400", "Saint-Malo", 48.6485, -2.0263),
    DemoPlace("5 rue d'En Bas", "35500", "Vitré", 48.1238, -1.2139),
    DemoPlace("17 rue du Port", "56100", "Lorient", 47.7478, -3.3620),
    DemoPlace("9 place Aristide Briand", "56100", "Lorient", 47.7494, -3.3660),
    DemoPlace("12 rue Saint-Vincent", "56000", "Vannes", 47.6557, -2.7595),
    DemoPlace("4 place des Lices", "56000", "Vannes", 47.6566, -2.7576),
    DemoPlace("20 rue du Château", "56400", "Auray", 47.6682, -2.9808),
    DemoPlace("6 quai de Rohan", "56300", "Pontivy", 48.0670, -2.9660),
    DemoPlace("33 rue Crébillon", "44000", "Nantes", 47.2135, -1.5610),
    DemoPlace("2 quai de la Fosse", "44000", "Nantes", 47.2112, -1.5613),
    DemoPlace("14 rue Paul Bellamy", "44000", "Nantes", 47.2223, -1.5577),
    DemoPlace("25 avenue de la République", "44600", "Saint-Nazaire", 47.2744, -2.2130),
    DemoPlace("7 quai Jules Sandeau", "44510", "Le Pouliguen", 47.2728, -2.4300),
    DemoPlace("19 rue Sainte-Catherine", "33000", "Bordeaux", 44.8405, -0.5739),
    DemoPlace("28 cours de l'Intendance", "33000", "Bordeaux", 44.8420, -0.5775),
    DemoPlace("5 quai du Port", "13002", "Marseille", 43.2960, 5.3700),
    DemoPlace("36 rue de la République", "69002", "Lyon", 45.7624, 4.8358),
    DemoPlace("10 rue de Béthune", "59000", "Lille", 50.6347, 3.0632),
]
