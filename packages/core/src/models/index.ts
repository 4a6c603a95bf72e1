export type { Champion, ChampionRequest, ChampionSource } from './champion.ts';
