#include "domain/organisations/state.hpp"
