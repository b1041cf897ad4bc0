// Properties: what a POP3 server says does not depend on how the octets are
// divided; without QUIT nothing is removed.

#include <cstdint>

#include "dialogue/serve/fake_backend.h"
#include "dialogue/serve/fake_maildrop.h"
#include "fuzz/serve/fuzz_session.h"
#include "mailtool/base/ascii.h"
#include "mailtool/serve/pop3_session.h"

namespace {

using namespace mailtool;
using namespace mailtool::serve;

std::string run(std::string_view input, std::size_t chunk) {
  const Pop3Settings settings{.host = "mx", .clear_text_login = true};
  FakeMaildrops maildrops;
  maildrops.messages["alice"] = {"a\r\n\r\n.b\r\nc", "", "\r\n", "x"};
  FakeUsers users;
  const auto session = make_pop3_session(settings, maildrops, users);
  auto said = said_to(*session, input, chunk, [&] { maildrops.sync(); });
  const bool quit = upper(input).find("QUIT") != std::string::npos;
  if (!quit && maildrops.messages["alice"].size() != 4) std::abort();
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  // Most inputs are to be about what comes after the login.
  std::string input(reinterpret_cast<const char*>(data), n);
  if (!input.empty() && (input[0] & 1) != 0) {
    input = "USER alice\r\nPASS secret\r\n" + input.substr(1);
  }
  if (run(input, 4096) != run(input, 1)) std::abort();
  return 0;
}
