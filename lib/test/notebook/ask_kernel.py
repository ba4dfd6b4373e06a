"""Asks the orchlab kernel for tests what an editor asks it.

Stdin is a JSON object: directory (where the kernel runs), cells (sources, executed first), requests (objects with request, "complete" or
"inspect", and code, the cursor at its mark "|"). Prints the contents of the replies as a JSON list.
"""

import json
import sys

from jupyter_client.manager import start_new_kernel

asked = json.load(sys.stdin)
manager, client = start_new_kernel(kernel_name="orchlab", cwd=asked["directory"])
try:
    for source in asked["cells"]:
        reply = client.execute_interactive(source, timeout=60, output_hook=lambda message: None)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))
    replies = []
    for request in asked["requests"]:
        cursor = request["code"].index("|")
        code = request["code"].replace("|", "", 1)
        message = getattr(client, request["request"])(code, cursor)
        while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != message:
            pass
        replies.append(reply["content"])
    print(json.dumps(replies))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
