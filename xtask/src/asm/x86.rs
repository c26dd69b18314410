//! What the code of a function does to the native stack, on x86-64.

use super::shape::{Fault, Shape};
use iced_x86::{Code, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, Register};

/// Looks at a function's code, which stands at `address`.
pub fn shape(code: &[u8], address: u64) -> Shape {
    let mut shape = Shape::default();
    let inside = address..address + code.len() as u64;
    if code.is_empty() {
        shape.faults.insert(Fault::Undecodable);
    }
    for instruction in &mut Decoder::with_ip(64, code, address, DecoderOptions::NONE) {
        shape.instructions += usize::from(instruction.mnemonic() != Mnemonic::Nop);
        let fault = match instruction.flow_control() {
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                let leaves = !inside.contains(&instruction.near_branch_target());
                shape.tail_jumps += usize::from(leaves);
                None
            }
            FlowControl::IndirectBranch => {
                shape.indirect_jumps += 1;
                None
            }
            FlowControl::IndirectCall => Some(indirect(&instruction)),
            FlowControl::Call => Some(Fault::Call),
            FlowControl::Return => Some(Fault::Return),
            _ if instruction.code() == Code::INVALID => Some(Fault::Undecodable),
            _ => stack_use(&instruction),
        };
        shape.faults.extend(fault);
    }
    if shape.indirect_jumps + shape.tail_jumps == 0 {
        shape.faults.insert(Fault::NoJump);
    }
    shape
}

/// A call through the table of imported functions (`call *memcpy@GOT(%rip)`) is
/// a call of a known function.
fn indirect(instruction: &Instruction) -> Fault {
    match instruction.is_ip_rel_memory_operand() {
        true => Fault::Call,
        false => Fault::IndirectCall,
    }
}

fn stack_use(instruction: &Instruction) -> Option<Fault> {
    let adjusts = matches!(
        instruction.mnemonic(),
        Mnemonic::Sub | Mnemonic::Add | Mnemonic::And | Mnemonic::Lea
    );
    let moves = adjusts && instruction.op0_register() == Register::RSP;
    if moves || instruction.stack_pointer_increment() != 0 {
        Some(Fault::Frame)
    } else if instruction.memory_base() == Register::RSP {
        Some(Fault::Spill)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(code: &[u8]) -> Vec<Fault> {
        shape(code, 0x1000).faults.into_iter().collect()
    }

    #[test]
    fn handlers_are_told_from_what_lost_its_tail_call() {
        // add rdi, 16; jmp [rdi]
        assert_eq!(faults(b"\x48\x83\xc7\x10\xff\x27"), []);
        // jne +0 (inside); jmp far away
        assert_eq!(faults(b"\x75\x00\xe9\x00\x01\x00\x00"), []);
        // push rax; call [rdi]; pop rax; ret
        assert_eq!(
            faults(b"\x50\xff\x17\x58\xc3"),
            [
                Fault::IndirectCall,
                Fault::Return,
                Fault::Frame,
                Fault::NoJump
            ]
        );
        // sub rsp, 8; jmp [rdi]
        assert_eq!(faults(b"\x48\x83\xec\x08\xff\x27"), [Fault::Frame]);
        // mov [rsp-8], rax; jmp [rdi]
        assert_eq!(faults(b"\x48\x89\x44\x24\xf8\xff\x27"), [Fault::Spill]);
        // call [rip+0]; jmp [rdi]
        assert_eq!(faults(b"\xff\x15\x00\x00\x00\x00\xff\x27"), [Fault::Call]);
        assert_eq!(faults(b""), [Fault::Undecodable, Fault::NoJump]);
    }

    #[test]
    fn instructions_are_counted_but_not_padding() {
        // add rdi, 16; nop; jmp [rdi]
        assert_eq!(shape(b"\x48\x83\xc7\x10\x90\xff\x27", 0).instructions, 2);
    }
}
