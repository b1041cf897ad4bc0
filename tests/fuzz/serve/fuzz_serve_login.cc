// Properties: whatever a client says in a login, who is let in has said the
// password, or has proved by SCRAM that he knows it; and it always ends, or asks
// for more.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialogue/serve/fake_backend.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "serve/sasl_server.h"

namespace {

using namespace mailtool;
using namespace mailtool::serve;
using Kind = SaslServer::Step::Kind;

class ScramUsers : public FakeUsers {
 public:
  [[nodiscard]] bool has_scram() const override { return true; }
  ScramUser scram_user(sasl::ScramHash hash, std::string_view name) override {
    return {std::string(name), sasl::decoy_scram_keys(hash, "key", name)};
  }
};

}  // namespace

// The first line is the mechanism, the others what the client answers, before
// base64; one that begins with "!" goes as it stands behind that.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view input(reinterpret_cast<const char*>(data), n);
  ScramUsers users;
  SaslServer server(users);
  server.secured({"TLSv1.3", "", {{"tls-exporter", "octets"}}, false});
  const auto lines = split(input, '\n');
  const auto wire = [](std::string_view line) {
    return line.starts_with('!') ? std::string(line.substr(1))
                                 : base64_encode(line);
  };
  auto step = server.begin(lines[0], std::nullopt);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (step.kind != Kind::challenge) break;
    if (!base64_decode(step.text)) std::abort();
    step = server.respond(wire(lines[i]));
  }
  if (step.kind != Kind::done) return 0;
  const bool known = step.text == "alice" || step.text == "bob";
  const bool shown =
      iequals(lines[0], "PLAIN") || iequals(lines[0], "LOGIN");
  // No proof fits keys that nobody has.
  if (!known || !shown) std::abort();
  return 0;
}
