// Any division into windows gives the same messages; they lie in order, apart
// from each other, and nothing is between them but empty lines.

#include <cstdint>
#include <cstdlib>

#include "support/mbox_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = test::split_mbox(input, size + 1);
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, size / 2 + 1}) {
    if (test::split_mbox(input, piece) != whole) std::abort();
  }
  std::uint64_t end = 0;
  for (const auto& message : whole) {
    if (!message.ended || message.offset < end) std::abort();
    if (input.substr(message.offset, message.octets.size()) != message.octets) {
      std::abort();
    }
    const auto gap = input.substr(end, message.offset - end);
    if (gap.find_first_not_of("\r\n") != gap.npos) std::abort();
    end = message.offset + message.octets.size();
  }
  if (input.substr(end).find_first_not_of("\r\n") != input.npos) std::abort();
  return 0;
}
