"""message-db, an event store on PostgreSQL: each message opens a stream of its own."""
import itertools
import shutil

import programs
from postgres import Cluster, Load, event_body

PACKAGE = "@eventide/message-db@1.3.1"


class MessageDb:
    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        folder = cluster.folder.parent / "message-db"
        folder.mkdir()
        if not shutil.which("npm"):
            raise programs.Unavailable("message-db comes from npm, which is not installed: ops/setup --bench")
        try:
            programs.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE], seconds_max=120, cwd=folder)
        except RuntimeError as error:
            raise programs.Unavailable(f"npm cannot install {PACKAGE}: {error}") from error
        install = folder / "node_modules/@eventide/message-db/database/install.sh"
        programs.run(["bash", install], env=cluster.environment | {"PGOPTIONS": "-c client_min_messages=warning"}, cwd=folder)
        # One category a client: message-db locks a category while it writes, so this is the kindest way to load it.
        self.script = folder / "new_stream.sql"
        self.script.write_text(
            "\\set number random(1, 1000000000000)\n"
            "select write_message(gen_random_uuid()::varchar, 'request' || :client_id || '-' || :round || '.' || :number, "
            f"'RequestSubmitted', '{event_body()}'::jsonb, null, (-1)::bigint);\n"
        )
        self.rounds = itertools.count(1)

    def load(self, clients: int, seconds: float) -> Load:
        path = "-c search_path=message_store,public"
        return self.cluster.load("message_store", self.script, clients, seconds, options=path, round=next(self.rounds))
