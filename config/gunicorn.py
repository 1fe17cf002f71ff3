"""How gunicorn serves the portal; the address to bind comes from the command line."""
import os
from pathlib import Path

workers = int(os.environ.get("PORTAL_WEB_WORKERS", "2"))
threads = 4
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
timeout = 60
graceful_timeout = 30
max_requests = 2000
max_requests_jitter = 200
limit_request_line = 4094
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True
preload_app = False
accesslog = None
errorlog = "-"
loglevel = "warning"
