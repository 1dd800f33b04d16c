"""What every browser is asked: open the portal, change the tab, see a change arrive, change the language, read on."""

from __future__ import annotations

from models import Stage
from tests.browser.program import Backstage, Program
from tests.tools.engines import Engine, until
from tests.world import a_job, a_link, nimman

READ_ON = (
    'window.read = [...document.querySelectorAll(".view h2")].at(-1);'
    'scrollBy(0, window.read.getBoundingClientRect().top - 10);'
    'window.was = window.read.getBoundingClientRect().top'
)
LIVE = 'window.did_handshake === true && !document.getElementById("first")'
PREPARING, LOADED = 'Preparing your equipment', 'Loaded — ready to leave our warehouse'


async def a_job_being_picked() -> tuple[str, str]:
    customer = await nimman()
    job = await a_job(customer, Stage.PICKING)
    return job.number, f'/p/{(await a_link(customer))[1]}'


def walk_through(engine: Engine, house: Program, backstage: Backstage) -> None:
    number, link = backstage.do(a_job_being_picked())
    engine.open(house.url + link)
    until(engine, LIVE, within=60)
    assert engine.ask('document.querySelector("h1").innerText') == 'Hello, Khun Ploy'
    assert PREPARING in engine.ask('document.querySelector(".view").innerText')

    engine.ask('(() => { window.sameDocument = true; return 1 })()')
    engine.click(f'nav a[href="{link}/jobs"]')
    until(engine, f'location.pathname === "{link}/jobs" && document.querySelector(".view h1")?.innerText === "Jobs"')

    backstage.psql("update job set stage = 'Loaded' where number = $1", number)
    until(engine, f'document.querySelector("#job-{number}").innerText.includes("{LOADED}")', within=5)
    assert engine.ask('window.sameDocument === true')

    engine.click('a[data-language][lang="th"]')
    until(
        engine,
        f'document.documentElement.lang === "th" && ({LIVE}) && document.querySelector("h1")?.innerText === "งาน"',
    )
    assert engine.ask('location.pathname') == f'{link}/jobs'
    assert 'จัดอุปกรณ์ขึ้นรถเรียบร้อยแล้ว' in engine.ask('document.querySelector(".view").innerText')

    stay_where_one_reads(engine, backstage, number)


def stay_where_one_reads(engine: Engine, backstage: Backstage, number: str) -> None:
    engine.click(f'a[href$="/jobs/{number}"]')
    until(engine, 'document.querySelector(".view h1")?.innerText.includes("โฆษณา")')
    # Longer than any screen, so that it can be scrolled in a browser that cannot be made small.
    engine.ask(f'(() => {{ document.body.style.paddingBottom = "3000px"; {READ_ON}; return 1 }})()')
    assert engine.ask('window.was < 20 && scrollY > 50')
    backstage.psql('update job set title_th = $2 where number = $1', number, f'ถ่ายซ่อม {"ฉากริมแม่น้ำ " * 12}')
    until(engine, 'document.querySelector(".view h1").innerText.includes("ถ่ายซ่อม")', within=5)
    until(engine, 'Math.abs(window.read.getBoundingClientRect().top - window.was) < 1', within=1)
