// What a reader of embedded files told, and text in pieces.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/mime/tnef.h"

namespace mailtool::mime::test {

struct RecordedFile {
  EmbeddedFile file;  // as it was at the end
  EmbeddedEnd end;
  std::size_t depth = 0;  // of messages around it
  std::string octets;
  bool ended = false;
  friend bool operator==(const RecordedFile&, const RecordedFile&) = default;
};

// Holds the readers to the order of calls that EmbeddedFiles promises.
class Recorder : public TnefContents {
 public:
  Result<void> begin_file(const EmbeddedFile& file) override {
    if (!open_.empty()) {
      EXPECT_EQ(files[open_.back()].file.kind, EmbeddedKind::message);
    }
    files.push_back({file, {}, open_.size(), {}, false});
    open_.push_back(files.size() - 1);
    return {};
  }
  Result<void> octets(std::string_view piece) override {
    EXPECT_FALSE(open_.empty());
    if (!open_.empty()) files[open_.back()].octets += piece;
    return {};
  }
  Result<void> end_file(const EmbeddedFile& file,
                        const EmbeddedEnd& end) override {
    EXPECT_FALSE(open_.empty());
    if (open_.empty()) return {};
    auto& recorded = files[open_.back()];
    EXPECT_EQ(recorded.file.kind, file.kind);
    EXPECT_EQ(recorded.file.offset, file.offset);
    EXPECT_LE(file.offset, end.offset);
    recorded.file = file;
    recorded.end = end;
    recorded.ended = true;
    open_.pop_back();
    return {};
  }
  Result<void> message(const TnefMessage& told) override {
    messages.emplace_back(open_.size(), told);
    return {};
  }

  [[nodiscard]] bool all_ended() const { return open_.empty(); }

  std::vector<RecordedFile> files;  // in the order of their beginnings
  std::vector<std::pair<std::size_t, TnefMessage>> messages;  // with depth

 private:
  std::vector<std::size_t> open_;
};

struct Recorded {
  std::vector<RecordedFile> files;
  std::vector<std::pair<std::size_t, TnefMessage>> messages;
  DefectSet defects;
  friend bool operator==(const Recorded&, const Recorded&) = default;
};

// What a Reader (of EmbeddedFiles or TnefContents) makes of `text`, written in
// pieces of `chunk` octets.
template <class Reader>
Recorded record(std::string_view text, std::size_t chunk) {
  Recorder recorder;
  Reader reader(recorder);
  for (std::size_t i = 0; i < text.size(); i += chunk) {
    EXPECT_TRUE(reader.write(text.substr(i, chunk)));
  }
  EXPECT_TRUE(reader.finish());
  EXPECT_TRUE(recorder.all_ended());
  return {std::move(recorder.files), std::move(recorder.messages),
          reader.defects()};
}

// The same whatever the pieces: each size, and two pieces cut anywhere.
template <class Reader>
Recorded record_every_split(std::string_view text) {
  auto whole = record<Reader>(text, text.size() + 1);
  for (std::size_t chunk = 1; chunk < 40; ++chunk) {
    EXPECT_EQ(record<Reader>(text, chunk), whole) << "pieces of " << chunk;
  }
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    Recorder recorder;
    Reader reader(recorder);
    EXPECT_TRUE(reader.write(text.substr(0, cut)));
    EXPECT_TRUE(reader.write(text.substr(cut)));
    EXPECT_TRUE(reader.finish());
    EXPECT_EQ(recorder.files, whole.files) << "cut at " << cut;
    EXPECT_EQ(reader.defects(), whole.defects) << "cut at " << cut;
  }
  return whole;
}

}  // namespace mailtool::mime::test
