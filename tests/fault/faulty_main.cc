// The program, whose system calls for durability fail, or end it, at will:
//
//   FAULT_KILL_AT=N   SIGKILL before the Nth of them
//   FAULT_FAIL_AT=N   the Nth, and with FAULT_FOR_GOOD=1 all after it, fail
//                     with FAULT_ERRNO
//   FAULT_FULL_AT=N   the disk is full from there on: what was reserved can be
//                     written, all else that takes room fails
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "store/system.h"

#define main program_main  // NOLINT(cppcoreguidelines-macro-usage)
#include "cli/main.cc"
#undef main

namespace {

long number(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? 0 : std::atol(value);
}

std::atomic<long> calls = 0;
long kill_at = 0;
long fail_at = 0;
long full_at = 0;
bool reserved = false;
bool for_good = false;
int error_number = 0;

int fault(const char* call) {
  const auto count = ++calls;
  if (count == kill_at) ::raise(SIGKILL);
  const std::string_view name = call;
  if (name == "reserve") reserved = count < full_at;
  if (full_at != 0 && count >= full_at && !(reserved && name == "write") &&
      (name == "reserve" || name == "write" || name == "mkdir")) {
    return ENOSPC;
  }
  if (fail_at == 0 || count < fail_at) return 0;
  if (count > fail_at && !for_good) return 0;
  // A full disk lets files be removed.
  if (for_good && std::string_view(call) == "unlink") return 0;
  return error_number;
}

}  // namespace

int main(int argc, char** argv) {
  kill_at = number("FAULT_KILL_AT");
  fail_at = number("FAULT_FAIL_AT");
  full_at = number("FAULT_FULL_AT");
  for_good = number("FAULT_FOR_GOOD") != 0;
  error_number = static_cast<int>(number("FAULT_ERRNO"));
  mailtool::store::set_fault_hook(fault);
  return program_main(argc, argv);
}
