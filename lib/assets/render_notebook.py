"""Renders a notebook as one HTML file for orchlab's renderNotebook.

Stdin is a JSON object: notebook (its content), output (a path), templates (a folder), title, vega (the scripts that draw plots).
"""

import json
import sys

# A checker of URL syntax that nobody asks here; it takes a second to import, and jsonschema does without it.
sys.modules["rfc3987_syntax"] = None

import nbformat  # noqa: E402
from nbconvert import HTMLExporter
from traitlets.config import Config

request = json.load(sys.stdin)
config = Config()
# The live plot before its pictures.
config.NbConvertBase.display_data_priority = ["application/vnd.vegalite.v5+json", *HTMLExporter().default_config.NbConvertBase.display_data_priority]
exporter = HTMLExporter(
    config=config,
    extra_template_basedirs=[request["templates"]],
    template_name="orchlab",
)
notebook = nbformat.reads(json.dumps(request["notebook"]), as_version=4)
body, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": request["title"]}, "orchlab_vega": request["vega"]})
with open(request["output"], "w", encoding="utf-8") as file:
    file.write(body)
