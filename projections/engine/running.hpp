// A projection that runs, with its table: what engine.cpp and beside.cpp share. Private to the engine.
#pragma once

#include "projections/engine/codec.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::projections {

inline std::string table_name(std::string_view projection, std::uint64_t generation) {
  return std::string(projection) + "." + std::to_string(generation);
}
inline std::string live_key(std::string_view projection) { return "live/" + std::string(projection); }
inline std::string position_key(std::string_view table) { return "position/" + std::string(table); }
inline std::string sums_key(std::string_view table) { return "sums/" + std::string(table); }

struct Engine::Running {
  std::unique_ptr<Projection> projection;
  std::unique_ptr<Projection> wanted;  ///< the version that is to take over; null: it has
  std::uint64_t generation = 0;
  eventstore::Table table;
  Batch batch;
  std::atomic<std::uint64_t> next{0};
  LtHash digest;
  bool digest_known = false;
  std::string replaces;  ///< the table of another version that goes when this one is level
  std::optional<eventstore::Error> stopped;
  View view;
  std::vector<std::function<void(const RowsChanged&)>> listeners;

  Running(std::unique_ptr<Projection> p, std::uint64_t g, eventstore::Table t, eventstore::KeyValueStore& store,
          Batch::Digest digest_kept)
      : projection(std::move(p)),
        generation(g),
        table(t),
        batch(store, t, digest_kept),
        digest_known(digest_kept == Batch::Digest::followed),
        view(store) {
    view.table_.store(t.number, std::memory_order_release);
  }
  std::string table_name() const { return projections::table_name(projection->name(), generation); }
  std::string position_row() const { return Encoder().number(projection->version()).number(next.load()).take(); }
  void note_position(eventstore::WriteBatch& out, eventstore::Table meta) const {
    out.put(meta, position_key(table_name()), position_row());
  }
  void note_digest(eventstore::WriteBatch& out, eventstore::Table meta) const {
    out.put(meta, sums_key(table_name()), digest.encode());
  }
};

}  // namespace pioneer::projections
