"""page.py - a page of HTML as a browser sees it."""
from html.parser import HTMLParser


class Page(HTMLParser):
    """title, text, links, the inputs by name, and each element's attributes."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements = []      # (tag, attributes)
        self.links = []
        self.inputs = {}        # name: attributes, with 'value'
        self.texts = {}         # tag: the texts of all elements of it
        self.text = ""
        self._open = []
        self.feed(html.replace("\r\n", "\n"))
        self.close()

    @property
    def title(self):
        return self.texts["title"][0]

    def having(self, name, value):
        return [(t, a) for t, a in self.elements if a.get(name) == value]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        self.texts.setdefault(tag, []).append("")
        self._open.append(tag)
        if tag == "a":
            self.links.append(attrs.get("href"))
        if tag in ("input", "textarea", "select"):
            attrs.setdefault("value", "")
            self.inputs[attrs["name"]] = attrs

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass
        if tag == "textarea":
            # The first newline in it is not part of the value.
            name = list(self.inputs)[-1]
            text = self.texts[tag][-1]
            self.inputs[name]["value"] = text[1:] if text[:1] == "\n" else text

    def handle_data(self, data):
        self.text += data
        for tag in self._open:
            self.texts[tag][-1] += data
