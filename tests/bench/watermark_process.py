"""Other ways to stamp, a process each: python -m … merge_page|pypdf|pikepdf MENTION IN OUT."""

import sys


def main() -> None:
    """Lays the mention over each page with pypdf's `merge_page`, or only loads a library."""
    way, mention, source, target = sys.argv[1:]
    if way == "pikepdf":
        sys.modules["PIL"] = None  # type: ignore[assignment]  # as the stamper does
        import pikepdf  # noqa: F401

        return
    from pypdf import PdfReader, PdfWriter

    if way == "pypdf":
        return
    over = PdfReader(mention).pages[0]
    writer = PdfWriter(clone_from=source)
    for page in writer.pages:
        page.merge_page(over)
    writer.write(target)


if __name__ == "__main__":
    main()
