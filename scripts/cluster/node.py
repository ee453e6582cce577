#!/usr/bin/env python3
"""Writes the configuration of a container's node and becomes its program. What the node is stands in its environment,
see compose.yml; the configuration comes from the templates that citusbench fills for local clusters, too."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fill_template import fill  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = "/run/citusbench"
DATA = os.environ.get("PGDATA", "/var/lib/postgresql/data")
STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"
NAME_SERVER = "127.0.0.11:53"  # the container engine's own
USER = pwd.getpwnam("postgres")


def env(name, default=None):
    value = os.environ.get(name) or default
    if value is None:
        sys.exit(f"node.py: {name} is not set; compose.yml sets it for every node of this kind")
    return value


def write(name, text):
    """A file that only the server user may read; it may hold the password."""
    path = os.path.join(RUN, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    os.chown(path, USER.pw_uid, USER.pw_gid)
    return path


def template(name, values, lists=None):
    with open(os.path.join(HERE, name), encoding="utf-8") as text:
        return fill(text.read(), values, lists or {})


def nodes(text):
    """HOST:PORT[:REST], separated by spaces."""
    fields = [each.split(":") for each in text.split()]
    return [{"NAME": each[0], "HOST": each[0], "PORT": each[1], "REST": each[-1]} for each in fields]


def as_server_user():
    os.initgroups(USER.pw_name, USER.pw_gid)
    os.setgid(USER.pw_gid)
    os.setuid(USER.pw_uid)
    os.environ["HOME"] = USER.pw_dir


def exec_program(*command):
    as_server_user()
    os.execvp(command[0], command)


def server_settings():
    values = {"LISTEN": "*", "PORT": env("PORT"), "SOCKETS": "/var/run/postgresql", "NAME": env("NODE"),
              "CONNECTIONS": env("MAX_CONNECTIONS"), "REPLICATION": env("REPLICATION"), "SHARDS": env("SHARDS")}
    is_patroni = env("KIND") == "patroni"
    lists = {"SYNCFS": [{}] if int(env("PG_MAJOR")) >= 14 else [], "PATRONI": [{}] if is_patroni else [],
             "CITUS": [{}], "FDW": []}
    return write("postgresql.conf", template("postgresql.conf.in", values, lists))


def password_file():
    """Servers log in to one another with it; the base image may take PGPASSWORD away from them."""
    password = re.sub(r"([\\:])", r"\\\1", env("PGPASSWORD"))
    os.environ["PGPASSFILE"] = write("pgpass", f"*:*:*:*:{password}\n")


def remove_half_made():
    """Removes the remnants of an interrupted first start, which the base image would regard as complete. They hold no data."""
    has_files = os.path.exists(os.path.join(DATA, "PG_VERSION"))
    if not has_files or os.path.exists(os.path.join(DATA, "citusbench.made")):
        return
    for name in os.listdir(DATA):
        path = os.path.join(DATA, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)


def run_postgres():
    remove_half_made()
    settings = server_settings()
    os.environ["POSTGRES_PASSWORD"] = env("PGPASSWORD")
    os.environ["POSTGRES_USER"] = os.environ["POSTGRES_DB"] = "citusbench"
    os.execvp("docker-entrypoint.sh", ["docker-entrypoint.sh", "postgres", "-c", f"config_file={settings}"])


def patroni_timing():
    """The minimum that its version accepts: from 3.2.2 on no ttl below 20 s."""
    found = subprocess.run(["patroni", "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", found)[:3])
    ttl, loop_wait, retry_timeout = (5, 1, 2) if version < (3, 2, 2) else (20, 2, 5)
    return {"TTL": str(ttl), "LOOP_WAIT": str(loop_wait), "RETRY_TIMEOUT": str(retry_timeout)}


def run_patroni():
    # Patroni moves a data directory away that it cannot use, which a volume's own folder does not allow.
    os.makedirs(DATA, exist_ok=True)
    shutil.chown(DATA, "postgres", "postgres")
    values = {"SCOPE": "citusbench", "NAME": env("NODE"), "REST": f"0.0.0.0:{env('REST_PORT')}",
              "REST_ADDRESS": f"{env('HOST')}:{env('REST_PORT')}", "ETCD": env("ETCD"), **patroni_timing(),
              "CONNECTIONS": env("MAX_CONNECTIONS"), "PREPARED": env("MAX_CONNECTIONS"), "WAL_LEVEL": "logical",
              "LISTEN": f"0.0.0.0:{env('PORT')}", "ADDRESS": f"{env('HOST')}:{env('PORT')}",
              "DATA_DIR": os.path.join(DATA, "patroni"), "BIN_DIR": f"/usr/lib/postgresql/{env('PG_MAJOR')}/bin",
              "PGPASS": os.path.join(RUN, "patroni.pgpass"), "USER": "citusbench",
              "PASSWORD": "'" + env("PGPASSWORD").replace("'", "''") + "'"}
    lists = {"CITUS": [{"GROUP": env("GROUP"), "DATABASE": "citusbench"}],
             "INITDB": [{"CUSTOM_CONF": server_settings()}]}
    exec_program("patroni", write("patroni.yml", template("patroni.yml.in", values, lists)))


def run_etcd():
    os.makedirs(DATA, exist_ok=True)
    shutil.chown(DATA, "postgres", "postgres")
    values = {"NAME": env("NODE"), "DATA_DIR": os.path.join(DATA, "etcd"), "LISTEN": f"0.0.0.0:{env('PORT')}",
              "ADDRESS": f"{env('HOST')}:{env('PORT')}", "PEERS": "127.0.0.1:2380"}
    exec_program("etcd", "--config-file", write("etcd.yml", template("etcd.yml.in", values)))


def run_haproxy():
    """FRONTENDS: a line each of NAME PORT CHECK SERVER…; CHECK is a path of Patroni's REST interface, or pgsql."""
    text = template("haproxy.cfg.in", {"STATISTICS": f"0.0.0.0:{env('STATISTICS_PORT')}",
                                       "SOCKET": f"{RUN}/haproxy.sock", "CONNECTIONS": env("MAX_CONNECTIONS")},
                    {"NAME_SERVER": [{"ADDRESS": NAME_SERVER}]})
    for frontend in env("FRONTENDS").strip().splitlines():
        name, port, check, servers = frontend.split(None, 3)
        values = {"NAME": name, "LISTEN": f"0.0.0.0:{port}", "PATH": check, "CHECK_USER": "citusbench_check",
                  "RESOLVE": " init-addr libc,none resolvers names"}
        found = nodes(servers)
        lists = {"MEMBER": found, "PRIMARY": found[:1], "SECONDARY": found[1:]}
        kind = "haproxy-pgsql.cfg.in" if check == "pgsql" else "haproxy-patroni.cfg.in"
        text += template(kind, values, lists)
    exec_program("haproxy", "-db", "-f", write("haproxy.cfg", text))


def address_of(host):
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET)[0][4][0]
    except OSError:
        return None


def write_nginx(writers, addresses):
    connections = 2 * int(env("MAX_CONNECTIONS"))  # each of a client's is two of nginx's
    values = {"LISTEN": f"0.0.0.0:{env('PORT')}", "PID_FILE": "nginx.pid", "ERROR_LOG": "stderr",
              "CONNECTIONS": str(connections), "FILES": str(connections + 64)}
    known = [{**writer, "HOST": addresses[writer["HOST"]]} for writer in writers if addresses.get(writer["HOST"])]
    return write("nginx.conf", template("nginx.conf.in", values, {"MODULE": [{"FILE": STREAM_MODULE}],
                                                                  "WRITER": known}))


def run_nginx():
    """nginx asks for its writers' addresses once, and does not start where a name has none. So it gets addresses,
    and is reloaded when a container comes back under another one. A stopped container has no name; its last address stays."""
    writers = nodes(env("WRITERS"))
    addresses = {}
    nginx = None
    signal.signal(signal.SIGTERM, lambda *_: nginx.terminate() if nginx else sys.exit(0))
    while nginx is None or nginx.poll() is None:
        now = {writer["HOST"]: address_of(writer["HOST"]) or addresses.get(writer["HOST"]) for writer in writers}
        if now != addresses:
            addresses = now
            config = write_nginx(writers, addresses)
            if nginx:
                nginx.send_signal(signal.SIGHUP)
        if nginx is None and any(addresses.values()):
            nginx = subprocess.Popen(["nginx", "-e", "stderr", "-p", RUN, "-c", config], preexec_fn=as_server_user)
        time.sleep(1)
    sys.exit(nginx.returncode)


def main():
    kinds = {"postgres": run_postgres, "patroni": run_patroni, "etcd": run_etcd, "haproxy": run_haproxy,
             "nginx": run_nginx, "set-up": lambda: os.execv(f"{HERE}/set_up.sh", ["set_up.sh"])}
    if len(sys.argv) > 1:  # docker compose run, to look around
        os.execvp(sys.argv[1], sys.argv[1:])
    os.makedirs(RUN, exist_ok=True)
    os.chown(RUN, USER.pw_uid, USER.pw_gid)
    password_file()
    kinds[env("KIND")]()


main()
