"""How gunicorn serves the portal: `gunicorn --config config/gunicorn.py app:app`."""
import gc
import os
from pathlib import Path

from config.settings import Settings

settings = Settings.from_env(os.environ)
bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
workers = settings.web_workers
threads = 4
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
timeout = 60
graceful_timeout = 30
max_requests = 2000
max_requests_jitter = 200
limit_request_line = 4094
forwarded_allow_ips = "127.0.0.1"
forwarder_headers = ""  # no header says below which path the portal is: a visitor could send it through a proxy
control_socket_disable = True
preload_app = True  # the application opens no connection before it serves: read it once, share its memory
accesslog = None
errorlog = "-"  # standard error
loglevel = "warning"


def when_ready(server: object) -> None:
    """Set apart what was read before the workers are forked: they share it, and end without a look through it."""
    gc.freeze()
