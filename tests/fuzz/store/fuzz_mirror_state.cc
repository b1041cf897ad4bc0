// Property: whatever the state of a mirror holds, it is refused, or what it is
// read as is appended to and read again as the same; a look at its two ends
// never says that more is complete than reading it does.

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "mailtool/store/mirror_state.h"
#include "support/temp_dir.h"

using namespace mailtool;
using store::MirrorState;

namespace {

// "1:S 2~": what is known, by UID.
std::string known(const MirrorState& state) {
  std::string all;
  std::uint32_t last = 0;
  for (const auto& record : state.records()) {
    if (record.uid <= last) std::abort();
    last = record.uid;
    all += std::to_string(record.uid) + (record.gone() ? "~" : ":");
    if (!record.gone()) all += state.flags_of(record);
    all += '\n';
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  static const test::TempDir folder;
  static const std::string path = (folder.path() / "state").string();
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data),
             static_cast<std::streamsize>(n));
  const auto glance = MirrorState::glance(path);
  if (!glance || !*glance) return 0;
  const auto& title = (*glance)->title;
  const auto read = MirrorState::read(path, title);
  if (!read) return 0;
  if ((*glance)->point && (*read)->point() != (*glance)->point) std::abort();
  const auto before = known(**read);
  const auto point = (*read)->point();

  const auto opened = MirrorState::open(path, title);
  if (!opened) return 0;
  if (known(**opened) != before || (*opened)->point() != point) std::abort();
  const store::MirrorPoint whole{4'000'000'000, 7, 0, 0, ""};
  (*opened)->add_point(whole);
  if (!(*opened)->commit()) std::abort();
  const auto again = MirrorState::read(path, title);
  if (!again || known(**again) != before || (*again)->point() != whole) {
    std::abort();
  }
  return 0;
}
