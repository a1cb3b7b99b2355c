"""Text: folding for search, public codes, safe file names."""

import re
import secrets
import unicodedata

#: Crockford's base 32 without vowels: no word, nothing to confuse when read aloud.
_CODE_ALPHABET = "0123456789bcdfghjkmnpqrstvwxyz"
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})
_SPACES = re.compile(r"\s+")
_FORBIDDEN_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|\u2028\u2029\u202a-\u202e\u2066-\u2069]+')
#: Windows refuses these whatever their extension.
_DEVICE_NAMES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
MAX_FILE_NAME = 150
MAX_TERMS = 8
MAX_QUERY = 200


def new_code() -> str:
    """Returns a random public code: 12 characters, 59 bits."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(12))


def fold(text: str) -> str:
    """Returns `text` in lower case, without accents or ligatures, white space folded, NUL dropped."""
    plain = text.replace("\x00", "").lower().translate(_LIGATURES)
    # lower again: some signs, such as the ℌ of mathematics, decompose into capitals
    decomposed = unicodedata.normalize("NFKD", plain).lower()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", bare).strip()


def search_text(*parts: str) -> str:
    """Returns what a row's `search` column holds: the folded parts, with the leading space that short terms need."""
    return " " + fold(" ".join(part for part in parts if part))


def search_terms(query: str) -> list[str]:
    """Returns the folded terms of a search, at most MAX_TERMS.

    A term of one or two letters matches at the start of a word (a trigram index cannot serve it otherwise), so it
    comes with a space in front.
    """
    terms = fold(query[:MAX_QUERY]).split(" ")[:MAX_TERMS]
    return [term if len(term) > 2 else f" {term}" for term in terms if term]


def safe_file_name(name: str, *, fallback: str = "document") -> str:
    """Returns `name` fit for any file system and header: no path, control or direction character, at most 150 long.

    The extension is kept when the name is cut.
    """
    flat = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _SPACES.sub(" ", _FORBIDDEN_IN_NAMES.sub(" ", flat)).strip(" .")
    if not clean:
        return fallback
    if _DEVICE_NAMES.match(clean):
        clean = f"_{clean}"
    stem, dot, extension = clean.rpartition(".")
    if not dot or len(extension) > 10:
        return clean[:MAX_FILE_NAME].rstrip(" .")
    return f"{stem[: MAX_FILE_NAME - len(extension) - 1].rstrip(' .') or fallback}.{extension}"
