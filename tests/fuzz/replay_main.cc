// fuzz_replay TARGET FOLDER...
//
// Feeds each file of the folders to the fuzz target once, so that the corpus is
// a regression test of every build, whatever the compiler.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#define TARGET(name, input) extern "C" int input(const std::uint8_t* data, std::size_t n);
#include "fuzz_targets.inc"
#undef TARGET

namespace {

using Input = int (*)(const std::uint8_t* data, std::size_t n);

struct Target {
  std::string_view name;
  Input input;
};

#define TARGET(name, input) {#name, input},
constexpr Target kTargets[] = {
#include "fuzz_targets.inc"
};
#undef TARGET

Input input_of(std::string_view name) {
  for (const auto& target : kTargets) {
    if (target.name == name) return target.input;
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const auto input = argc > 1 ? input_of(argv[1]) : nullptr;
  if (!input) return std::fputs("fuzz_replay: no such target\n", stderr), 64;
  int files = 0;
  for (int i = 2; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      input(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
      ++files;
    }
  }
  std::printf("replayed %d files\n", files);
  return files > 0 ? 0 : 1;
}
