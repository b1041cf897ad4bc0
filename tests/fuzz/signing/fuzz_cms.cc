// A signature out of the fuzzer, over a fixed content and over its own: it is
// read within bounds and never trusted, as nobody is.

#include <string>
#include <vector>

#include "mailtool/signing/smime.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::signing;
  static const auto trust = SmimeTrust::load("");
  require(trust.has_value());
  const auto blob = as_text(data, size);
  const std::vector<std::string> from{"alice@sender.example"};
  const SmimeContext context{from, 1'800'000'000};
  mailtool::StringSource content("Content-Type: text/plain\n\nHi.\n");
  const auto detached = verify_detached(blob, content, context, *trust);
  require(detached.has_value());
  require(detached->verdict != SmimeVerdict::pass);
  const auto opaque = verify_opaque(blob, context, *trust);
  require(opaque.verdict != SmimeVerdict::pass && !opaque.reason.empty());
  for (const auto& signer : opaque.signers) {
    for (const auto& address : signer.addresses)
      require(address.find('\0') == address.npos);
  }
  return 0;
}
