// The content of parts, wherever they stand: from the input through the
// decoders of all that they stand in.

#include <memory>

#include "app/from_unquoting.h"
#include "app/lf_sink.h"
#include "app/part_row.h"

namespace mailtool::app {
namespace {

// Passes octets [offset, offset + length) of what is written.
class RangeFilter : public mime::Filter {
 public:
  RangeFilter(mime::Span span, Sink& out) : span_(span), out_(out) {}

  Result<void> write(std::string_view octets) override {
    const auto begin = position_;
    position_ += octets.size();
    if (position_ <= span_.offset || begin >= span_.end()) return {};
    if (position_ > span_.end()) octets.remove_suffix(position_ - span_.end());
    if (begin < span_.offset) octets.remove_prefix(span_.offset - begin);
    return out_.write(octets);
  }
  Result<void> finish() override { return {}; }

 private:
  mime::Span span_;
  Sink& out_;
  std::uint64_t position_ = 0;
};

class DecodeFilter : public mime::Filter {
 public:
  DecodeFilter(mime::TransferEncoding encoding, mime::DecodePolicy policy,
               Sink& out) {
    decoder_.begin(encoding, out, policy);
  }
  Result<void> write(std::string_view octets) override {
    return decoder_.write(octets);
  }
  Result<void> finish() override { return decoder_.finish(); }

 private:
  mime::BodyDecoder decoder_;
};

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

template <class Reader>
class FileFilter : public mime::Filter {
 public:
  FileFilter(std::size_t wanted, Sink& out) : file_(wanted, out) {}
  Result<void> write(std::string_view octets) override {
    return reader_.write(octets);
  }
  Result<void> finish() override { return reader_.finish(); }

 private:
  OneFile file_;
  Reader reader_{file_};
};

/// The way from the input to one part, built from its end.
class ContentPath {
 public:
  ContentPath(const ParsedMessage& message, Sink& to)
      : message_(message), head_(&to) {}

  void to_file(const PartRow& row) {
    const auto& level = message_.levels[row.level];
    std::size_t first = *row.file;
    while (first > 0 && level.embedded[first - 1].part == row.part) --first;
    const auto wanted = *row.file - first;
    const auto& structure = message_.structure_of(row.level);
    if (is_tnef(structure, structure.parts[row.part])) {
      add<FileFilter<mime::TnefReader>>(wanted, *head_);
    } else {
      add<FileFilter<mime::EmbeddedFileScanner>>(wanted, *head_);
    }
  }

  Result<void> run(const PartRow& row, bool decoded) {
    auto level = row.level;
    auto index = row.part;
    for (;; decoded = true) {
      const auto& part = message_.structure_of(level).parts[index];
      if (decoded) {
        add<DecodeFilter>(part.transfer_encoding, message_.decode, *head_);
      }
      if (level == 0) return pour(part.body, decoded);
      const auto& prefix = message_.levels[level].prefix;
      auto span = part.body;
      span.offset -= prefix.size();  // its header is never asked for
      add<RangeFilter>(span, *head_);
      index = message_.levels[level].part;
      level = message_.levels[level].above;
    }
  }

 private:
  template <class Stage, class... Args>
  void add(Args&&... args) {
    stages_.push_back(std::make_unique<Stage>(std::forward<Args>(args)...));
    head_ = stages_.back().get();
  }

  Result<void> pour(mime::Span span, bool decoded) {
    if (decoded && message_.place.quoted_from) add<FromUnquoting>(*head_);
    auto poured = message_.input->copy(message_.place.offset + span.offset,
                                       span.length, *head_);
    if (!poured) return poured;
    for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
      if (auto done = (*stage)->finish(); !done) return done;
    }
    return {};
  }

  const ParsedMessage& message_;
  Sink* head_;
  std::vector<std::unique_ptr<mime::Filter>> stages_;  // the last comes first
};

}  // namespace

Result<void> copy_raw(const ParsedMessage& message, const PartRow& row,
                      Sink& to) {
  ContentPath path(message, to);
  if (row.file) path.to_file(row);
  return path.run(row, row.file.has_value());
}

Result<void> copy_decoded(const ParsedMessage& message, const PartRow& row,
                          Sink& to) {
  ContentPath path(message, to);
  if (row.file) path.to_file(row);
  return path.run(row, true);
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
