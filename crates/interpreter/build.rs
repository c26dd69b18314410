//! Decides whether the tail-call dispatcher is compiled in.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(fossor_tail)");
    let arch = std::env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let opt_level = std::env::var("OPT_LEVEL").unwrap_or_default();
    // Sibling calls were verified on x86-64 and are expected on aarch64 (eight
    // integer registers for arguments). Dev profiles (0 and 1) use the loop.
    let known = matches!(arch.as_str(), "x86_64" | "aarch64");
    if known && matches!(opt_level.as_str(), "2" | "3" | "s" | "z") {
        println!("cargo::rustc-cfg=fossor_tail");
    }
}
