//! Decides whether the tail-call dispatcher is compiled in.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(fossor_tail)");
    let variable = |name| std::env::var(name).unwrap_or_default();
    // Sibling calls were verified on x86-64 and aarch64 (eight integer registers for
    // arguments). Dev profiles (0 and 1) use the loop.
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let known = matches!(arch.as_str(), "x86_64" | "aarch64");
    let opt_level = variable("OPT_LEVEL");
    let optimised = matches!(opt_level.as_str(), "2" | "3" | "s" | "z");
    // Both together keep values on the stack, and with them calls.
    let sanitized = !variable("CARGO_CFG_SANITIZE").is_empty();
    let asserting = std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    if known && optimised && !(sanitized && asserting) {
        println!("cargo::rustc-cfg=fossor_tail");
    }
}
