/// \file
/// MigrateBench: a FetchBench whose journal knows messages already.
#pragma once

#include <string>
#include <vector>

#include "app/import_state.h"
#include "fault/fetch_bench.h"
#include "mailtool/store/journal.h"

namespace mailtool::test {

/// `count` messages, each of a size of its own, with a Message-ID.
std::vector<StoredMessage> distinct_messages(std::size_t count);

/// When message `index` of MigrateBench::know() was first seen.
constexpr std::int64_t first_sight_of(std::size_t index) {
  return 1'700'000'000 + static_cast<std::int64_t>(index);
}

class MigrateBench : public FetchBench {
 public:
  using FetchBench::FetchBench;

  /// The journal of the Maildir has fetched all that is in the maildrop, as if
  /// long ago; with the digests of their headers unless `headers` is false.
  void know(bool headers = true);
  /// The server gives messages [begin, end) other unique-ids.
  void renumber(std::size_t begin, std::size_t end);

  /// --import-state of `files`, as the command does it. The Error in one line;
  /// empty when there was none.
  std::string import(const std::vector<app::ImportFile>& files,
                     bool dry_run = false);
  /// The same in a process of its own, after `before`; status of waitpid.
  int import_in_child(const std::vector<app::ImportFile>& files,
                      void (*before)());
  /// Writes a file beside the Maildir; returns its path.
  [[nodiscard]] std::string file(const std::string& name,
                                 const std::string& content) const;

  /// The one file that ends in ".journal".
  [[nodiscard]] std::string journal_path() const;
  /// As the next run will read it.
  [[nodiscard]] std::unique_ptr<store::Journal> journal() const;
  /// How often the journal knows message `index`, whatever its size.
  [[nodiscard]] unsigned known(std::size_t index);

  [[nodiscard]] app::FetchOptions rebase() const;
  [[nodiscard]] app::FetchOptions adopt() const;
};

/// How many commands of `run` begin with `verb`.
[[nodiscard]] std::size_t seen(const FetchRun& run, std::string_view verb);

}  // namespace mailtool::test
