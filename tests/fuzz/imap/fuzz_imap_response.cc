// Properties: framing does not depend on how the octets are divided; whatever
// is framed can be parsed; sets that are read can be written and read again.

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mailtool/imap/response.h"

namespace {

using namespace mailtool;
using namespace mailtool::imap;

std::vector<std::string> frame(std::string_view wire, std::size_t chunk,
                               bool parse) {
  std::vector<std::string> all;
  ResponseFramer framer({64 * 1024, 4 * 1024, 100});
  while (!wire.empty()) {
    const auto step = framer.feed(wire.substr(0, chunk));
    if (!step) break;
    wire.remove_prefix(step->consumed);
    if (step->event != ResponseFramer::Event::complete) continue;
    const auto framed = framer.take();
    all.push_back(framed.octets);
    if (!parse) continue;
    const auto response = parse_response(framed);
    (void)parse_fetch_rest(framed, 1);
    if (const auto* search = std::get_if<SearchData>(&response)) {
      const auto& set = search->numbers;
      if (!set.empty() && parse_sequence_set(to_wire(set)) != set) std::abort();
    }
    if (const auto* status = std::get_if<StatusResponse>(&response)) {
      if (status->code) (void)parse_copy_uid(*status->code);
    }
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view wire(reinterpret_cast<const char*>(data), n);
  if (frame(wire, 4096, true) != frame(wire, 1, false)) std::abort();
  return 0;
}
