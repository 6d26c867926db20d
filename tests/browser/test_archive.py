"""An exported archive opens from its folder: no application, no request, no error."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, assert_accessible
from tests.browser.test_people import sign_in


def test_an_export_opens_from_its_folder(
    server: Server, open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_browser()
    sign_in(page, server)
    page.goto(f"{server.url}/archives/exports/")
    assert_accessible(page, "exports")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("à exporter")
    assert_accessible(page, "export to confirm")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Exporter").click()
    with zipfile.ZipFile(downloading.value.path()) as packed:
        packed.extractall(tmp_path)

    asked: list[str] = []
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{tmp_path.as_uri()}/index.html")
    page.locator(".sessions a").first.click()
    expect(page.get_by_role("heading", name="Procès-verbal d’incident")).to_be_visible()
    expect(page.locator("header")).to_have_css("background-color", "rgb(23, 69, 58)")
    assert errors == []
    assert all(url.startswith(("file://", "data:")) for url in asked)
    assert_accessible(page, "session of an archive")  # asks for things itself
    page.go_back()
    assert_accessible(page, "index of an archive")
