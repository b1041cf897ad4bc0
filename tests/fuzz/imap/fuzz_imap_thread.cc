// Whatever a server or the headers of messages say: each message stands behind
// what it answers, a level below it, in the same thread; and threads made here
// have every message once.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/response.h"
#include "mailtool/imap/threader.h"

namespace {

using namespace mailtool;
using namespace mailtool::imap;

void check(const std::vector<ThreadPlace>& places) {
  std::map<std::uint32_t, ThreadPlace> seen;
  for (const auto& place : places) {
    if (place.uid == 0 || place.root == 0) std::abort();
    if ((place.depth == 0) != (place.root == place.uid)) std::abort();
    if (place.parent != 0) {
      const auto above = seen.find(place.parent);
      if (above == seen.end()) std::abort();
      if (above->second.root != place.root) std::abort();
      if (above->second.depth + 1 != place.depth) std::abort();
    }
    seen[place.uid] = place;
  }
}

void check_answer(std::string_view octets) {
  FramedResponse framed;
  framed.octets = "* THREAD " + std::string(octets);
  const auto response = parse_response(framed);
  const auto* data = std::get_if<ThreadData>(&response);
  if (data == nullptr) std::abort();
  // Who uses it leaves out what is named again.
  std::set<std::uint32_t> named;
  for (const auto& place : data->places) {
    if (!named.insert(place.uid).second) return;
  }
  check(data->places);
}

// A line a message: Message-ID, References, In-Reply-To and subject, between
// tabs.
void check_messages(std::string_view text, ThreadBy by) {
  Threader threader(by);
  std::uint32_t uid = 0;
  for (const auto line : split(text, '\n')) {
    auto fields = split(line, '\t');
    fields.resize(4);
    threader.add({++uid, fields[3].empty() ? 0 : fields[3].front(), fields[0],
                  fields[1], fields[2], std::string(fields[3]),
                  fields[3].ends_with('!')});
  }
  const auto places = threader.take();
  if (places.size() != uid) std::abort();
  std::vector<bool> placed(uid + 1);
  for (const auto& place : places) {
    if (place.uid > uid || placed[place.uid]) std::abort();
    placed[place.uid] = true;
  }
  check(places);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view octets(reinterpret_cast<const char*>(data), n);
  check_answer(octets);
  check_messages(octets, ThreadBy::references);
  check_messages(octets, ThreadBy::references_and_subject);
  return 0;
}
