"""Network file systems of a server on this very machine, each in name spaces that vanish with their test."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

SFTP_SERVER = "/usr/lib/openssh/sftp-server"

_SERVERS = {
    "sshfs": """
printf '#!/bin/sh\\nexec /usr/lib/openssh/sftp-server\\n' > "$1/server"
chmod +x "$1/server"
sshfs "x:$1/share" "$1/mount" -o reconnect,ssh_command="$1/server" < /dev/null > "$1/log" 2>&1
""",
    "cifs": """
mkdir "$1/samba"
cat > "$1/smb.conf" <<END
[global]
server role = standalone server
map to guest = Bad User
guest account = root
private dir = $1/samba
lock directory = $1/samba
state directory = $1/samba
cache directory = $1/samba
pid directory = $1/samba
ncalrpc dir = $1/samba/rpc
log file = $1/log
disable spoolss = yes
[share]
path = $1/share
guest ok = yes
read only = no
force user = root
END
smbd -D -s "$1/smb.conf"
sleep 1
mount -t cifs //127.0.0.1/share "$1/mount" -o guest,vers=3.0
""",
    "nfs": """
mount -t nfsd nfsd /proc/fs/nfsd
exportfs -o rw,no_root_squash,insecure,fsid=0 "127.0.0.1:$1/share"
rpc.nfsd 2
rpc.mountd -N 3
mount -t nfs4 127.0.0.1:/ "$1/mount"
""",
    "btrfs": """
truncate -s 64M "$1/image"
mkfs.btrfs -q --mixed "$1/image"
mount -o loop "$1/image" "$1/mount"
cp -a "$1/share/." "$1/mount"
""",
}
"""What mounts the folder ``share`` of a base folder at its folder ``mount``, by file system."""
_PROGRAMS = {
    "sshfs": ("sshfs", SFTP_SERVER),
    "cifs": ("smbd", "mount.cifs"),
    "nfs": ("exportfs", "rpc.nfsd", "mount.nfs4"),
    "btrfs": ("mkfs.btrfs",),
}
_IN_KERNEL = {"sshfs": ("fuse",), "cifs": ("cifs",), "nfs": ("nfs4", "nfsd"), "btrfs": ("btrfs",)}
KINDS = tuple(_SERVERS)


@cache
def lacking(kind: str) -> str:
    """Return why a file system cannot be tried here, empty where it can."""
    if os.geteuid() or shutil.which("unshare") is None:
        return "needs the rights of root"
    known = {line.split()[-1] for line in Path("/proc/filesystems").read_text().splitlines()}
    if absent := [name for name in _IN_KERNEL[kind] if name not in known]:
        return f"the kernel has no {', '.join(absent)}"
    if absent := [name for name in _PROGRAMS[kind] if shutil.which(name) is None]:
        return f"{', '.join(absent)} is missing"
    trial = ["unshare", "-mn", "ip", "link", "set", "lo", "up"]
    return "" if subprocess.run(trial, capture_output=True, check=False).returncode == 0 else "may not mount"


def run_mounted(kind: str, base: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script with the folder ``share`` in ``base`` mounted at ``mount``; return how it ended.

    In the script ``$1`` is ``base``. Servers end with the name spaces.
    """
    (base / "mount").mkdir()
    whole = f"set -e\nip link set lo up\n{_SERVERS[kind]}\n{script}"
    return subprocess.run(
        ["unshare", "-mnpf", "--mount-proc", "sh", "-c", whole, "sh", str(base)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=280,
        check=False,
    )
