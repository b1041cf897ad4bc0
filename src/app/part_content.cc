// The content of one part or file, wherever it stands.

#include "app/body_pass.h"
#include "app/lf_sink.h"
#include "app/part_row.h"

namespace mailtool::app {
namespace {

// Passes the octets of the file that is begun as the `wanted`th, from 0.
class OneFile : public mime::TnefContents {
 public:
  OneFile(std::size_t wanted, Sink& out) : wanted_(wanted), out_(out) {}

  Result<void> begin_file(const mime::EmbeddedFile&) override {
    open_.push_back(begun_++);
    return {};
  }
  Result<void> octets(std::string_view piece) override {
    return open_.back() == wanted_ ? out_.write(piece) : Result<void>{};
  }
  Result<void> end_file(const mime::EmbeddedFile&,
                        const mime::EmbeddedEnd&) override {
    open_.pop_back();
    return {};
  }
  Result<void> message(const mime::TnefMessage&) override { return {}; }

 private:
  std::size_t wanted_;
  Sink& out_;
  std::vector<std::size_t> open_;
  std::size_t begun_ = 0;
};

// One body into one Sink.
class OneBody : public BodyReceiver {
 public:
  explicit OneBody(Sink& to) : to_(to) {}
  Result<Sink*> begin_body(std::size_t) override { return &to_; }
  Result<void> end_body(std::size_t) override { return {}; }

 private:
  Sink& to_;
};

Result<void> copy_body(const ParsedMessage& message, const PartRow& row,
                       bool decoded, Sink& to) {
  OneBody body(to);
  const PartRow* const rows[] = {&row};
  return copy_bodies(message, rows, decoded, body);
}

Result<void> copy_file(const ParsedMessage& message, const PartRow& row,
                       Sink& to) {
  const auto& level = message.levels[row.level];
  std::size_t first = *row.file;
  while (first > 0 && level.embedded[first - 1].part == row.part) --first;
  OneFile file(*row.file - first, to);
  const auto read_by = [&](auto reader) {
    auto read = copy_body(message, row, true, reader);
    return read ? reader.finish() : read;
  };
  const auto& structure = message.structure_of(row.level);
  if (is_tnef(structure, structure.parts[row.part])) {
    return read_by(mime::TnefReader(file));
  }
  return read_by(mime::EmbeddedFileScanner(file));
}

}  // namespace

Result<void> copy_raw(const ParsedMessage& message, const PartRow& row,
                      Sink& to) {
  return row.file ? copy_file(message, row, to)
                  : copy_body(message, row, false, to);
}

Result<void> copy_decoded(const ParsedMessage& message, const PartRow& row,
                          Sink& to) {
  return row.file ? copy_file(message, row, to)
                  : copy_body(message, row, true, to);
}

Result<void> copy_text(const ParsedMessage& message, const PartRow& row,
                       Sink& to) {
  LfSink lf(to);
  mime::CharsetDecoder charset(row.charset, lf);
  if (auto copied = copy_decoded(message, row, charset); !copied) return copied;
  if (auto ended = charset.finish(); !ended) return ended;
  return lf.finish();
}

}  // namespace mailtool::app
