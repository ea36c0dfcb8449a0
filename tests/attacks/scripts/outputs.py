"""Leave what whoever collects it, or clears it away, will regret."""

import os
import socket

import pandas as pd


def azureml_main():
    try:
        globals()[blobprep_parameters["attack"]](blobprep_parameters["secret"])
    except OSError as error:
        print("refused", error)
    return pd.DataFrame({"done": [1]}), None


def link(secret):
    os.symlink(secret, "plot.png")


def link_among_outputs(secret):
    os.makedirs("outputs", exist_ok=True)
    os.symlink(secret, "outputs/model.bin")


def link_to_a_folder(secret):
    os.symlink(os.path.dirname(secret), "figures")


def link_in_place_of_outputs(secret):
    if os.path.isdir("outputs"):
        os.rmdir("outputs")
    os.symlink(os.path.dirname(secret), "outputs")


def hard_link(secret):
    os.link(secret, "plot.png")


def hard_link_to_its_own(secret):
    with open("plot.png", "wb") as file:
        file.write(b"\x89PNG")
    os.link("plot.png", "again.png")


def pipe(secret):
    os.mkfifo("plot.png")


def pipe_among_outputs(secret):
    os.makedirs("outputs", exist_ok=True)
    os.mkfifo("outputs/model.bin")


def device(secret):
    os.mknod("plot.png", 0o20666, os.makedev(1, 5))


def server(secret):
    socket.socket(socket.AF_UNIX).bind("plot.png")


def folder_named_as_a_figure(secret):
    os.makedirs("plot.png/plot.png")


def file_in_place_of_outputs(secret):
    if os.path.isdir("outputs"):
        os.rmdir("outputs")
    with open("outputs", "w"):
        pass


def huge_and_sparse(secret):
    with open("plot.png", "wb") as file:
        file.truncate(1 << 33)


def sparse_artifacts(secret):
    for number in range(30):
        with open(f"outputs/{number}.bin", "wb") as file:
            file.truncate(10_000_000)


def many_sparse(secret):
    for number in range(40):
        with open("plot%d.png" % number, "wb") as file:
            file.truncate(60 << 20)


def many(secret):
    for number in range(1500):
        with open("plot%d.png" % number, "wb") as file:
            file.write(b"\x89PNG")


def flood_of_files(secret):
    for number in range(20_000):
        os.close(os.open("f%d" % number, os.O_CREAT | os.O_WRONLY))


def flood_of_folders(secret):
    for number in range(5_000):
        os.mkdir("d%d" % number)


def deep_tree(secret):
    current = os.open(".", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=current)
        following = os.open("d", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = following
    os.close(os.open("plot.png", os.O_CREAT | os.O_WRONLY, dir_fd=current))


def odd_names(secret):
    for name in (b"new\nline.png", b"\x1b[2J.png", b"\xff\xfe.png", b"-rf.png", b"\xe2\x80\xaegnp.png", b" .png"):
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))


def names_that_climb(secret):
    for name in ("..\\..\\climbed.png", "C:\\climbed.png", "\\\\server\\climbed.png", "..\\..\\manifest.json.png"):
        with open(name, "wb") as file:
            file.write(b"\x89PNG")


def names_of_blobpreps_own(secret):
    os.makedirs("outputs/..data", exist_ok=True)
    for name in ("outputs/manifest.json", "outputs/..data/log.txt", "outputs/results.parquet"):
        with open(name, "w") as file:
            file.write("forged")


def long_names(secret):
    os.makedirs("/".join(["x" * 250] * 7))
    with open("/".join(["x" * 250] * 7) + "/" + "y" * 251 + ".png", "wb"):
        pass


def setuid(secret):
    os.umask(0)
    os.close(os.open("plot.png", os.O_CREAT | os.O_WRONLY, 0o6777))
    os.mkdir("folder", 0o7777)


def closed_folders(secret):
    os.makedirs("closed/inner/innermost")
    with open("closed/inner/plot.png", "wb") as file:
        file.write(b"\x89PNG")
    for name in ("closed/inner/innermost", "closed/inner", "closed"):
        os.chmod(name, 0)


def closed_by_mask(secret):
    os.umask(0o777)
    os.mkdir("masked")
    os.close(os.open("plot.png", os.O_CREAT | os.O_WRONLY))


def removed_working_folder(secret):
    os.rmdir("outputs")
    os.rmdir(os.getcwd())


def moved_working_folder(secret):
    os.rename(os.getcwd(), os.path.join(os.environ["TMPDIR"], "moved"))


def exchanged_folders(secret):
    from attacking import call

    os.mkdir(os.path.join(os.environ["HOME"], "other"))
    call("renameat2", -100, b"outputs", -100, os.path.join(os.environ["HOME"], "other").encode(), 2)
    call("renameat2", -100, os.getcwd().encode(), -100, os.environ["HOME"].encode(), 2)


def whiteouts(secret):
    from attacking import call

    with open("plot.png", "wb"):
        pass
    call("renameat2", -100, b"plot.png", -100, b"moved.png", 4)  # leaves a device in its place
