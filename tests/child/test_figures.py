from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from blobprep.child.script.figures import FigureWatch

mpl.use("Agg")
import matplotlib.pyplot as plt


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    plt.close("all")


def left(watch: FigureWatch) -> list[tuple[str, str]]:
    return [(figure.path, figure.origin) for figure in watch.close_figures()]


def draw() -> plt.Figure:
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot([1, 2])
    return figure


def test_images_come_in_the_order_of_first_writing(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        Image.new("L", (1, 1)).save("z.png")
        draw().savefig("b.PNG")
        Path("a.png").write_bytes(b"bytes")
        Image.new("L", (1, 1)).save("z.png")
        plt.close("all")

        assert left(watch) == [("z.png", "saved"), ("b.PNG", "saved"), ("a.png", "saved")]


def test_a_figure_left_open_is_saved_and_marked(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        draw()

        assert left(watch) == [("figure1.png", "open")]
    assert (folder / "figure1.png").read_bytes().startswith(b"\x89PNG")
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    "options", [{}, {"bbox_inches": "tight"}, {"facecolor": "red", "dpi": 30}, {"transparent": True}], ids=str
)
def test_a_figure_saved_and_left_open_is_not_shown_twice(folder: Path, options: dict[str, object]) -> None:
    with FigureWatch(str(folder)) as watch:
        draw().savefig("a.png", **options)

        assert left(watch) == [("a.png", "saved")]


def test_the_current_figure_saved_by_pyplot_is_not_shown_twice(folder: Path) -> None:
    """`plt.savefig` draws once more after saving, which is no change of the script's."""
    with FigureWatch(str(folder)) as watch:
        draw()
        plt.savefig("a.png")

        assert left(watch) == [("a.png", "saved")]


def test_a_figure_with_a_layout_engine_is_not_shown_twice(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        figure, _ = plt.subplots(2, 2, layout="constrained", figsize=(2, 2))
        figure.savefig("a.png")

        assert left(watch) == [("a.png", "saved")]


@pytest.mark.parametrize(
    "change",
    [
        lambda figure: figure.axes[0].plot([3, 1]),
        lambda figure: figure.axes[0].set_title("new"),
        lambda figure: figure.suptitle("new"),
        lambda figure: figure.add_axes((0, 0, 1, 1)),
        lambda figure: figure.delaxes(figure.axes[0]),
        lambda figure: figure.set_size_inches(2, 2),
    ],
)
def test_a_figure_changed_after_saving_is_shown_again(folder: Path, change) -> None:  # type: ignore[no-untyped-def]
    with FigureWatch(str(folder)) as watch:
        figure = draw()
        figure.savefig("a.png")
        change(figure)

        assert left(watch) == [("a.png", "saved"), ("figure1.png", "open")]


def test_a_figure_changed_and_saved_again_is_not_shown_twice(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        figure = draw()
        figure.savefig("a.png")
        figure.suptitle("new")
        figure.savefig("b.png")

        assert left(watch) == [("a.png", "saved"), ("b.png", "saved")]


def test_a_figure_whose_image_another_overwrote_is_shown(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        draw().savefig("a.png")
        draw().savefig("a.png")

        assert left(watch) == [("a.png", "saved"), ("figure1.png", "open")]


def test_a_figure_whose_image_was_removed_is_shown(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        draw().savefig("a.png")
        Path("a.png").unlink()

        assert left(watch) == [("figure1.png", "open")]


def test_a_figure_saved_elsewhere_is_shown(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with FigureWatch(str(folder)) as watch:
        draw().savefig(elsewhere / "a.png")
        draw().savefig(io.BytesIO())
        draw().savefig("drawing.pdf")

        assert left(watch) == [(f"figure{number}.png", "open") for number in (1, 2, 3)]


def test_an_image_in_a_folder_the_script_changed_to_has_its_path(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        Path("plots").mkdir()
        os.chdir("plots")
        draw().savefig("a.png")

        assert left(watch) == [("plots/a.png", "saved")]


def test_the_name_of_an_open_figure_steps_over_what_is_there(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        Path("figure1.png").write_bytes(b"taken")
        draw()

        assert left(watch) == [("figure1.png", "saved"), ("figure1 (1).png", "open")]


def test_what_is_read_is_no_image_of_the_script(folder: Path) -> None:
    (folder / "logo.png").write_bytes(b"logo")
    with FigureWatch(str(folder)) as watch:
        Path("logo.png").read_bytes()
        os.close(os.open("logo.png", os.O_RDONLY))

        assert left(watch) == []


def test_images_written_by_threads_are_noted(folder: Path) -> None:
    def work(number: int) -> None:
        figure = mpl.figure.Figure(figsize=(1, 1))
        figure.savefig(f"{number}.png")

    with FigureWatch(str(folder)) as watch:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(left(watch)) == [(f"{number}.png", "saved") for number in range(4)]


def test_figures_the_caller_had_open_before_are_left_alone(folder: Path) -> None:
    mine = draw()
    with FigureWatch(str(folder)) as watch:
        draw()

        assert left(watch) == [("figure2.png", "open")]
    assert plt.get_fignums() == [mine.number]


def test_a_figure_that_cannot_be_drawn_is_reported_and_hides_no_other(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        draw().savefig("a.png")
        plt.close("all")
        draw().suptitle("$\\wrong$")
        draw()
        saved, undrawn, opened = watch.close_figures()

    assert (saved.path, opened.path) == ("a.png", "figure2.png")
    assert isinstance(undrawn, str)
    assert undrawn.startswith("figure 1 was still open and could not be drawn: ValueError")
    assert not (folder / "figure1.png").exists()
    assert not plt.get_fignums()


def test_opening_an_image_in_a_removed_folder_is_the_scripts_own_error(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    with FigureWatch(str(folder)) as watch:
        with pytest.raises(FileNotFoundError, match=r"a\.png"):
            Path("a.png").write_bytes(b"")
        os.chdir(folder)

        assert left(watch) == []


def test_nothing_is_noted_once_the_watch_has_ended(folder: Path) -> None:
    with FigureWatch(str(folder)) as watch:
        pass
    Path("a.png").write_bytes(b"later")

    assert left(watch) == []
