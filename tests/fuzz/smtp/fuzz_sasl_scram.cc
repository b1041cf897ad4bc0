// A server that says what it likes: no crash, no long hashing, and no success
// without the one signature that it cannot know.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/base/ascii.h"
#include "mailtool/sasl/saslprep.h"
#include "mailtool/sasl/scram.h"

// The input: the server's messages, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto prepared = sasl::saslprep(text)) {
    // Prepared once is prepared for good.
    if (is_ascii(text) && *prepared != text) std::abort();
  }
  // A legal count of millions is legal work, and too slow for this loop.
  const auto count = text.find("i=");
  if (count != text.npos && count + 6 < text.size() &&
      is_digit(text[count + 6])) {
    return 0;
  }
  static const Secret password("pencil");
  sasl::ScramParameters parameters;
  parameters.user = "user";
  parameters.password = &password;
  parameters.nonce = "abc";
  const auto scram = sasl::make_scram(std::move(parameters));
  if (!scram->respond("")) std::abort();
  for (const auto message : split(text, '\n')) {
    if (!scram->respond(message)) break;
  }
  if (scram->finish()) std::abort();
  return 0;
}
