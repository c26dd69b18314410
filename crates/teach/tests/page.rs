//! The page of a trace, as a file.

use fossor_host::GuestMemory;
use fossor_teach::page::Page;
use fossor_teach::trace::Filter;
use fossor_wasi::{TraceOptions, WasiCtx, functions};

#[test]
fn nothing_that_a_guest_writes_is_markup() {
    let page = Page::new(Filter::default());
    let mut ctx = WasiCtx::builder().build().unwrap();
    let options = TraceOptions {
        values: true,
        ..TraceOptions::default()
    };
    ctx.set_tracer_with(options, page.clone());
    // After these two words, `</script>` would not end the data.
    let mut bytes = vec![0; 64];
    bytes[0] = 32;
    bytes[4] = 12;
    bytes[32..44].copy_from_slice(b"<!--<script>");
    let write = functions().iter().find(|one| one.name == "fd_write");
    let mut memory = GuestMemory::new(&mut bytes);
    let errno = (write.unwrap().call)(&mut ctx, &mut memory, &[1, 0, 1, 16]);
    assert_eq!(errno.unwrap(), 0);
    let html = page.html("<!--<script>");
    let (_, data) = html.split_once("id=\"data\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    assert!(!data.contains('<'));
    assert!(data.contains("\\u003c!--\\u003cscript>"));
}
