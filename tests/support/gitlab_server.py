#!/usr/bin/env python3
"""gitlab_server.py PORT FOLDER -- stands in for GitLab's issues (REST API 4): they are FOLDER/N.json; the token is "secret"

GET, POST and PUT of /api/v4/projects/7/issues as action/issue needs them; anything else is 404, another token 401.
"""
import http.server
import json
import pathlib
import sys
import urllib.parse

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
ROOT = "/api/v4/projects/7/issues"


def issues():
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def save(issue):
    (folder / f"{issue['iid']}.json").write_text(json.dumps(issue))
    return issue


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        values = dict(urllib.parse.parse_qsl(query or body, strict_parsing=bool(query or body)))
        if self.headers.get("PRIVATE-TOKEN") != "secret":
            return self.reply(401, {"message": "401 Unauthorized"})
        if self.command == "GET" and path == ROOT:
            return self.reply(200, [i for i in issues() if i["state"] == values["state"] and values["labels"] in i["labels"]])
        if self.command == "POST" and path == ROOT:
            number = len(issues()) + 1
            issue = {"iid": number, "state": "opened", "title": values["title"], "description": values["description"],
                     "labels": values["labels"].split(","), "web_url": f"http://localhost/{number}"}
            return self.reply(201, save(issue))
        for issue in issues():
            if self.command == "PUT" and path == f"{ROOT}/{issue['iid']}":
                if values.pop("state_event", None) == "close":
                    issue["state"] = "closed"
                issue.update(values)
                return self.reply(200, save(issue))
        return self.reply(404, {"message": "404 Not Found"})

    do_GET = do_POST = do_PUT = handle_any

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
