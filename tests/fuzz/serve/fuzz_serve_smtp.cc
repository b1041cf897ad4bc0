// Properties: what an SMTP server says does not depend on how the octets are
// divided, is whole lines, and acknowledges only what was delivered; no message
// has a bare CR or LF.

#include <cstdint>

#include "dialogue/serve/fake_backend.h"
#include "fuzz/serve/fuzz_session.h"
#include "mailtool/serve/smtp_session.h"

namespace {

using namespace mailtool;
using namespace mailtool::serve;

std::string run(std::string_view input, std::size_t chunk) {
  const SmtpSettings settings{.host = "mx",
                              .starttls = true,
                              .clear_text_login = true,
                              .max_octets = 1000,
                              .max_recipients = 3};
  FakeBackend backend;
  FakeUsers users;
  const auto session = make_smtp_session(settings, backend, users);
  auto said = said_to(*session, input, chunk, [&] { backend.sync(); });
  std::size_t taken = 0;
  for (auto at = said.find("250 2.0.0 taken\r\n"); at != said.npos;
       at = said.find("250 2.0.0 taken\r\n", at + 1)) {
    ++taken;
  }
  if (taken != backend.delivered.size()) std::abort();
  for (const auto& one : backend.delivered) {
    if (one.envelope.recipients.empty()) std::abort();
    bool cr = false;
    for (const char c : one.message) {
      if ((c == '\n') != cr) std::abort();
      cr = c == '\r';
    }
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view input(reinterpret_cast<const char*>(data), n);
  const auto said = run(input, 4096);
  if (!said.ends_with("\r\n")) std::abort();
  // What comes behind STARTTLS is thrown away by whoever feeds the session.
  if (said.find("2.0.0 go ahead") != said.npos) return 0;
  if (run(input, 1) != said) std::abort();
  return 0;
}
