// The map as screens use it: it is loaded when it is first opened.
import { defineAsyncComponent } from 'vue'
import MapMissing from './map_missing.vue'

export const CityMap = defineAsyncComponent({ loader: () => import('./city_map.vue'), errorComponent: MapMissing })
