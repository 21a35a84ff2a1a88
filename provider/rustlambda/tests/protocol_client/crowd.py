"""A provider among strangers, and with nobody who reads what it says."""

import os
import signal
import subprocess

from plugin import COOKIE, LIMIT, Plugin

TCP = {"TF_PROVIDER_TRANSPORT": "tcp", "PLUGIN_MIN_PORT": "43000", "PLUGIN_MAX_PORT": "43999"}


def silent_clients(setting, _):
    """Clients that show no certificate keep nobody out, on a socket and on loopback."""
    for environment in ({}, TCP):
        with Plugin(setting.wire, setting.rustlambda, environment) as plugin:
            silent = [plugin.silent_client() for _ in range(20)]
            plugin.call("GetMetadata")
            assert all(is_open(client) for client in silent), "it waited for the silent ones"
            with plugin.connect(plugin.key, plugin.certificate) as second:
                plugin.call("GetMetadata", channel=second)
            for client in silent:
                client.close()
            assert plugin.shutdown() == 0


def is_open(client):
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


def unread_log(setting, _):
    """A log that nobody reads stops neither calls nor the end, however it comes."""
    for end in (Plugin.shutdown, Plugin.terminate):
        environment = {"TF_LOG": "trace"}
        with Plugin(setting.wire, setting.rustlambda, environment, subprocess.PIPE) as plugin:
            # A pipe takes 64 KiB.
            for _ in range(300):
                plugin.call("ValidateProviderConfig")
            assert plugin.call("StopProvider").Error == ""
            assert end(plugin) == 0
            plugin.process.stderr.close()


def killed_providers(setting, _):
    """A killed provider's folder goes when the next provider starts; a living one's stays."""
    environment = {"PLUGIN_UNIX_SOCKET_DIR": str(setting.folder)}
    with Plugin(setting.wire, setting.rustlambda, environment) as living:
        with Plugin(setting.wire, setting.rustlambda, environment) as killed:
            killed.process.send_signal(signal.SIGKILL)
            killed.process.wait(LIMIT)
            assert os.path.exists(killed.address)
        with Plugin(setting.wire, setting.rustlambda, environment) as after:
            assert not os.path.exists(os.path.dirname(killed.address))
            living.call("GetMetadata")
            after.call("GetMetadata")
            assert after.shutdown() == 0
        assert living.shutdown() == 0
    assert list(setting.folder.iterdir()) == []


def nowhere_to_print(setting, _):
    """What cannot be printed is an error and no panic."""
    for arguments in (["--help"], ["--version"], []):
        by_hand = {name: value for name, value in os.environ.items() if name not in COOKIE}
        with open("/dev/full", "w") as full:
            ended = subprocess.run(
                [setting.rustlambda, *arguments],
                env=by_hand,
                stdout=full,
                stderr=subprocess.PIPE if arguments else full,
                text=True,
                timeout=LIMIT,
            )
        assert ended.returncode == 1, ended
        assert "panicked" not in (ended.stderr or ""), ended.stderr
