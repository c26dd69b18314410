// Opens the pages that xtask has made, and uses them as a person would.
// Arguments: the browser, and where a picture goes if one is wanted.
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { pathToFileURL } from "node:url";

const [executablePath, picture] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const open = async (file, colorScheme = "light") => {
  const page = await browser.newPage({ viewport: { width: 1360, height: 820 }, colorScheme });
  page.problems = [];
  page.on("console", message => page.problems.push(message.text()));
  page.on("pageerror", error => page.problems.push(error.message));
  page.on("request", request => {
    if (!request.url().startsWith("file:")) page.problems.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return page;
};
const check = async (what, act) => {
  try {
    await act();
    console.log(`ok    ${what}`);
  } catch (error) {
    console.log(`FAIL  ${what}\n${error.message}`);
    process.exit(1);
  }
};

const page = await open("note.html");
const count = () => page.textContent("#count");
const picked = () => page.textContent("#detail h2");
const press = key => page.keyboard.press(key);

await check("it opens, and lists calls", async () => {
  assert.match(await page.title(), /note\.wasm/);
  assert.ok(await page.locator(".row").count() > 10);
  assert.match(await page.textContent("#about"), /calls · .* · \d+ errors?/);
});
await check("keys step from call to call", async () => {
  await press("g");
  const first = await picked();
  await press("j");
  assert.match(await picked(), /call 1$/);
  await press("ArrowDown");
  await press("k");
  await press("k");
  assert.equal(await picked(), first);
  await press("G");
  assert.match(await picked(), /^proc_exit/);
});
await check("n goes to calls that failed", async () => {
  await press("g");
  await press("n");
  assert.match(await page.textContent("#detail .line"), /fd_prestat_get\(4\) = BADF/);
});
await check("the search finds text, and Escape ends it", async () => {
  await press("/");
  await page.keyboard.type("milk fd_read");
  assert.match(await count(), /^1 of \d+ calls$/);
  assert.match(await picked(), /^fd_read/);
  await press("Escape");
  assert.match(await count(), /^\d+ calls$/);
});
await check("families are shown and hidden", async () => {
  for (const family of ["clock", "fd", "args", "poll", "proc", "random"]) {
    await page.click(`.chip[data-family=${family}]`);
  }
  const names = await page.locator(".row .f").allTextContents();
  assert.ok(names.length >= 2 && names.every(name => name.startsWith("path_")), names.join());
  for (const family of ["clock", "fd", "args", "poll", "proc", "random"]) {
    await page.click(`.chip[data-family=${family}]`);
  }
});
await check("errors only", async () => {
  await page.locator("#list").focus();
  await press("e");
  assert.match(await count(), /^2 of/);
  await press("e");
});
await check("memory has its fields outlined, and the pointer connects them", async () => {
  await page.fill("#search", "fd_read milk");
  const fields = await page.locator("#detail tr").allTextContents();
  assert.deepEqual(fields.map(text => text.replace(/0x[0-9a-f]+$/, "@")), [
    "iovs[0].bufread@", "iovs[0].buf_lenread512", 'buf[0]written"remember the milk\\n"', "nreadwritten18",
  ]);
  assert.equal(await page.locator(".dump u.w").count(), 18 + 4);
  assert.equal(await page.locator(".dump u.s").count(), 4);
  await page.locator("#detail tr", { hasText: "nreadwritten" }).hover();
  assert.equal(await page.locator(".dump u.lit").count(), 4);
});
await check("memory is shown as it was before, and after again", async () => {
  const text = async () => (await page.locator(".dump .x").allTextContents()).join("");
  assert.match(await text(), /remember the milk/);
  await page.locator("#list").focus();
  await press("b");
  assert.doesNotMatch(await text(), /remember the milk/);
  assert.equal(await page.locator(".flip.old").count(), 1);
  assert.ok(await page.locator(".dump u.c").count() >= 18);
  await page.locator(".flip").click();
  assert.match(await text(), /remember the milk/);
});
await check("the Go code that led to it stands out", async () => {
  assert.match(await page.textContent(".frame.own"), /^main\.main.*main\.go:\d+$/);
});
await check("what was asked of the system", async () => {
  assert.ok((await page.locator("#detail h3").allTextContents()).includes("Asked of the system"));
  await page.fill("#search", "");
});
await check("a click on the overview goes there", async () => {
  const box = await page.locator("#overview").boundingBox();
  const wait = await page.evaluate(() => {
    const call = data.calls.find(call => data.functions[call[2]].name === "poll_oneoff" && call[1] > 1e8);
    return (call[0] + call[1] / 2) / total;
  });
  await page.mouse.click(box.x + 8 + (box.width - 16) * wait, box.y + 20);
  assert.match(await picked(), /^poll_oneoff/);
});
await check("dark and light", async () => {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.click("#theme");
  assert.notEqual(await paper(), light);
  await page.click("#theme");
  const dark = await open("note.html", "dark");
  assert.notEqual(await dark.evaluate(() => getComputedStyle(document.body).backgroundColor), light);
});
await check("nothing is fetched, nothing complains", async () => assert.deepEqual(page.problems, []));

const times = {};
const timed = async (what, act) => {
  const begin = performance.now();
  const result = await act();
  times[what] = Math.round(performance.now() - begin);
  return result;
};
const many = await timed("open", () => open("many.html"));
await check("10,000 calls take as many elements as there is room for", async () => {
  assert.match(await many.textContent("#count"), /^10000 calls$/);
  assert.ok(await many.locator(".row").count() < 100);
  await many.keyboard.press("G");
  assert.match(await many.textContent("#detail h2"), /call 9999$/);
  assert.ok(await many.locator(".row").count() < 100);
  for (let i = 0; i < 50; i++) await many.keyboard.press("PageUp");
  assert.ok(await many.locator(".row.on").isVisible());
  await timed("search", async () => {
    await many.fill("#search", "clock_time_get precision=0ns");
    assert.match(await many.textContent("#count"), /^10000 calls$/);
  });
  await timed("search for one call", async () => {
    await many.fill("#search", await many.evaluate(() => data.calls[1234][4]));
    assert.match(await many.textContent("#count"), /^\d+ of 10000 calls$/);
  });
  assert.deepEqual(many.problems, []);
});

console.log(`      10,000 calls, ms: ${JSON.stringify(times)}`);

if (picture) {
  const wide = await browser.newPage({ viewport: { width: 1360, height: 760 }, colorScheme: "light" });
  await wide.goto(pathToFileURL("note.html").href);
  await wide.fill("#search", "milk fd_read");
  await wide.locator("#search").press("Escape");
  await wide.evaluate(() => { scrollTo(0, 0); list.scrollTop = Math.max(0, at * ROW - list.clientHeight / 2); });
  await wide.screenshot({ path: picture });
}
await browser.close();
