import Testing
import StrataKernels

@Test func placeholderWorks() { #expect(placeholder() >= 0) }
