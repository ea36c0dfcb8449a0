from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.errors import FiguresExceeded
from blobprep.limits import Limits
from blobprep.outputs import collector
from blobprep.outputs.collector import LeftFile, collect_files, collect_images
from blobprep.protocol import Figure

PNG = b"\x89PNG image"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def collected(*claimed: Figure) -> tuple[list[tuple[str, str]], list[str]]:
    """Return names and origins of the images taken, and the refusals."""
    found = list(collect_images(str(Path.cwd()), claimed))
    return (
        [(each.name, each.origin) for each in found if isinstance(each, LeftFile)],
        [each for each in found if isinstance(each, str)],
    )


def content(image: LeftFile) -> bytes:
    descriptor = image.open()
    assert descriptor is not None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def make(name: str, *, written: int = 0, data: bytes = PNG) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(written, written))


def test_claimed_images_come_first_and_the_rest_by_time_and_name() -> None:
    for name, written in (("z.png", 1), ("y.png", 3), ("b.PNG", 2), ("sub/a.png", 2)):
        make(name, written=written)

    images, refused = collected(Figure("y.png", "open"), Figure("z.png", "saved"))

    assert images == [("y.png", "open"), ("z.png", "saved"), ("b.PNG", "saved"), ("sub/a.png", "saved")]
    assert not refused


def test_the_bytes_are_those_of_the_file() -> None:
    make("a.png", data=b"anything")

    (image,) = collect_images(str(Path.cwd()), [])

    assert isinstance(image, LeftFile)
    assert (image.size, content(image)) == (8, b"anything")


def test_claims_of_what_is_not_there_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(b"secret")

    assert collected(
        *(Figure(path, "saved") for path in ("gone.png", "../outside.png", str(tmp_path / "outside.png"), "", "\0"))
    ) == ([], [])


def test_only_images_are_looked_at_and_not_those_of_the_bundle_or_hidden_folders() -> None:
    for name in ("a.txt", "Script Bundle/logo.png", ".cache/a.png", "png", "sub/.hidden/a.png"):
        make(name)

    assert collected() == ([], [])


def test_a_name_with_backslashes_is_read_as_on_windows() -> None:
    for written, name in enumerate((".\\plot.png", "sub\\plot.png", "plot.png", "..\\evil.png")):
        make(name, written=written)

    images, refused = collected()

    assert [name for name, _ in images] == ["plot.png", "sub/plot.png", "evil.png"]
    assert refused == ["'plot.png' was left out: another image is named 'plot.png'"]


def test_links_pipes_and_folders_are_no_images(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.png").write_bytes(b"secret")
    links = {"link.png": secret, "zero.png": "/dev/zero", "link2.png": "link2.png", "folder": tmp_path / "elsewhere"}
    for name, target in links.items():
        Path(name).symlink_to(target)
    os.link(secret, "hard.png")
    os.mkfifo("x.png")
    Path("folder.png").mkdir()

    images, refused = collected(*(Figure(name, "saved") for name in ("link.png", "hard.png", "x.png", "folder/a.png")))

    assert images == []
    assert sorted(refused) == [
        "'hard.png' was left out: it has other names",
        "'link.png' was left out: it is not a regular file",
        "'link2.png' was left out: it is not a regular file",
        "'x.png' was left out: it is not a regular file",
        "'zero.png' was left out: it is not a regular file",
    ]


def test_of_many_that_are_refused_some_are_told() -> None:
    for number in range(50):
        os.mkfifo(f"{number:02d}.png")

    images, refused = collected()

    assert images == []
    assert (len(refused), refused[-1]) == (21, "30 more were left out")


def test_a_file_swapped_for_a_link_after_it_was_found_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    make("a.png")
    take = collector._take

    def swapped(*arguments: object) -> object:
        Path("a.png").unlink()
        Path("a.png").symlink_to(tmp_path / "secret.png")
        return take(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(collector, "_take", swapped)

    assert collected() == ([], ["'a.png' could not be read"])


def test_a_name_that_cannot_be_printed_is_left_out() -> None:
    make("line\nbreak.png")
    make(os.fsdecode(b"\xff.png"))

    images, refused = collected()

    assert images == []
    assert all("its name cannot be printed" in each for each in refused)
    assert len(refused) == 2


def test_a_name_no_blob_could_have_is_left_out() -> None:
    make("/".join(["x" * 200] * 3) + "/a.png")
    make("y" * 200 + "/a.png")

    images, (refused,) = collected()

    assert images == [("y" * 200 + "/a.png", "saved")]
    assert refused.endswith("was left out: its name has 608 characters, 512 are allowed")


def test_a_huge_image_is_left_out_without_being_read() -> None:
    with Path("huge.png").open("wb") as file:
        file.truncate(1 << 40)
    make("small.png")

    images, refused = collected()

    assert images == [("small.png", "saved")]
    assert len(refused) == 1
    assert "'huge.png' was left out: it has 1099511627776 bytes" in refused[0]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(figures=3), "created more than 3 figures, the limit set by [script] figures"),
        (Limits(figures_size=3 * len(PNG)), f"created figures of more than {3 * len(PNG)} bytes"),
    ],
)
def test_images_beyond_a_limit_are_an_error_after_those_within_it(limits: Limits, said: str) -> None:
    for number in range(5):
        make(f"{number}.png", written=number)
    images = []

    with pytest.raises(FiguresExceeded, match=re.escape(said)):
        images.extend(collect_images(str(Path.cwd()), [], limits))

    assert [image.name for image in images if isinstance(image, LeftFile)] == ["0.png", "1.png", "2.png"]


@pytest.mark.parametrize(
    "limits", [Limits(figures=5, figures_size=5 * len(PNG)), Limits(figures=None, figures_size=None)]
)
def test_images_within_the_limits_are_taken(limits: Limits) -> None:
    for number in range(5):
        make(f"{number}.png")

    assert len(list(collect_images(str(Path.cwd()), [], limits))) == 5


def test_depth_and_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    make("/".join("d" * 8) + "/in.png")
    make("/".join("d" * 9) + "/out.png")

    assert [name for name, _ in collected()[0]] == ["d/d/d/d/d/d/d/d/in.png"]

    monkeypatch.setattr(collector, "MAX_ENTRIES", 5)
    assert "more than 5 entries" in collected()[1][0]


def test_a_deep_tree_is_not_followed() -> None:
    current = os.open(".", os.O_RDONLY)
    for _ in range(100):
        os.mkdir("d", dir_fd=current)
        following = os.open("d", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = following
    os.close(current)
    make("a.png")

    assert collected() == ([("a.png", "saved")], [])


def test_a_working_folder_that_is_gone_or_a_link_leaves_nothing(work: Path, tmp_path: Path) -> None:
    work.rmdir()
    assert "cannot be read" in next(iter(collect_images(str(work), [])))  # type: ignore[operator]

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.png").write_bytes(b"secret")
    work.symlink_to(tmp_path / "elsewhere")
    (only,) = collect_images(str(work), [])
    assert isinstance(only, str)


def test_files_in_outputs_are_named_below_it_whatever_they_are_called(work: Path) -> None:
    for name in ("outputs/b", "outputs/a.png", "outputs/d/c.txt", "outputs/.hidden/x", "elsewhere.txt"):
        make(name)
    os.link("outputs/b", "b-again")
    Path("outputs/link").symlink_to("a.png")
    Path("outputs/bad\n").touch()

    found = list(collect_files(str(work)))

    assert [each.name for each in found if isinstance(each, LeftFile)] == ["a.png", "d/c.txt"]
    assert sorted(each for each in found if isinstance(each, str)) == [
        "'outputs/b' was left out: it has other names",
        "'outputs/bad\\n' was left out: its name cannot be printed",
        "'outputs/link' was left out: it is not a regular file",
    ]


def test_a_file_that_is_too_large_is_left_out_and_not_opened(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("outputs/a", data=b"12345")
    monkeypatch.setattr(collector, "MAX_FILE", 4)
    assert list(collect_files(str(work))) == ["'outputs/a' was left out: it has 5 bytes, 4 are allowed"]


def test_only_what_is_below_outputs_is_opened(work: Path, tmp_path: Path) -> None:
    make("outputs/a")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a").write_text("secret")
    (left,) = collect_files(str(work))
    assert isinstance(left, LeftFile)
    assert content(left) == PNG

    Path("outputs/a").unlink()
    Path("outputs").rmdir()
    Path("outputs").symlink_to(tmp_path / "secret")
    assert left.open() is None
    assert list(collect_files(str(work))) == []


names = st.sampled_from(["a.png", "b.png", "c", "d", ".\\e.png"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(st.tuples(st.lists(names, min_size=1, max_size=3), st.sampled_from(["file", "link", "fifo", "folder"]))),
    st.lists(names),
)
def test_whatever_a_script_leaves_only_its_own_files_are_taken(
    tmp_path_factory: pytest.TempPathFactory, tree: list[tuple[list[str], str]], claims: list[str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    (root / "secret.png").write_bytes(b"secret")
    work = root / "work"
    work.mkdir()
    for parts, kind in tree:
        path = work.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            match kind:
                case "file":
                    path.touch(exist_ok=False)
                    path.write_bytes(b"own")
                case "link":
                    path.symlink_to(root if parts[-1] in "cd" else root / "secret.png")
                case "fifo":
                    os.mkfifo(path)
                case _:
                    path.mkdir()
        except OSError:
            continue

    for each in collect_images(str(work), [Figure(name, "saved") for name in claims]):
        assert isinstance(each, str) or content(each) != b"secret"
