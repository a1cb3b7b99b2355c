"""Other ways to stamp, a process each: python -m tests.bench.watermark_process merge_page|nothing MENTION IN OUT."""

import sys


def main() -> None:
    """Lays the mention over each page with pypdf's `merge_page`, or only loads pypdf."""
    way, mention, source, target = sys.argv[1:]
    from pypdf import PdfReader, PdfWriter

    if way == "nothing":
        return
    over = PdfReader(mention).pages[0]
    writer = PdfWriter(clone_from=source)
    for page in writer.pages:
        page.merge_page(over)
    writer.write(target)


if __name__ == "__main__":
    main()
