// mailtool_bench headers|walk FILE...   messages and mboxes read by our library,
// for the work that the drivers of other libraries do.
//
// headers: From, To and Subject, decoded. walk: besides these every leaf is
// decoded to nowhere, and text is converted to UTF-8.

#include <cstdio>
#include <cstring>
#include <string>

#include "app/message_files.h"
#include "app/message_reader.h"
#include "app/part_walk.h"
#include "mailtool/mime/header.h"

namespace {

using namespace mailtool;

class Reader : public app::MessageConsumer {
 public:
  explicit Reader(bool walk)
      : walk_(app::WalkWants{}), parser_(limits(walk), walk ? &walk_ : nullptr) {}

  void begin_message(const app::MessagePlace& place) override {
    walk_.begin_message(place.quoted_from);
    parser_.begin();
  }
  bool octets(std::string_view part) override {
    parser_.feed(part);
    return true;
  }
  Result<void> end_message(const app::RandomAccess*) override {
    const auto& structure = parser_.finish();
    for (const auto id : {mime::FieldId::from, mime::FieldId::to,
                          mime::FieldId::subject}) {
      decoded_.clear();
      if (const auto value = structure.value_of(structure.parts[0], id)) {
        mime::decode_value(*value, decoded_);
      }
      octets_ += decoded_.size();
    }
    ++messages_;
    return {};
  }

  void tell() const { std::printf("%ld messages, %zu octets\n", messages_, octets_); }

 private:
  static mime::ParserLimits limits(bool walk) {
    mime::ParserLimits limits;
    limits.header_only = !walk;
    return limits;
  }

  app::PartWalk walk_;
  mime::Parser parser_;
  std::string decoded_;
  long messages_ = 0;
  std::size_t octets_ = 0;
};

class NoReport : public app::ParseReport {
 public:
  void failed(Error error) override {
    std::fprintf(stderr, "mailtool_bench: %s\n", error.one_line().c_str());
  }
  void progressed(std::uint64_t, std::uint64_t) override {}
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  Reader reader(std::strcmp(argv[1], "walk") == 0);
  NoReport report;
  app::MessageReader files({}, report);
  app::MessageFolder folder;
  for (int i = 2; i < argc; ++i) folder.add(argv[i], false);
  for (std::size_t i = 0; i < folder.size(); ++i) {
    if (auto read = files.read(folder, i, reader); !read) return 66;
  }
  reader.tell();
  return 0;
}
