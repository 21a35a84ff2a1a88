/** What every view may use of the page around it. */

import type { Config } from "./config.ts";
import type { SiteSession } from "./session.ts";

/** One screen. */
export interface View {
  /** The heading, and the title of the tab. */
  readonly title: string;
  readonly element: HTMLElement;
}

/** What the user has typed already, carried from one form to the next. Never stored. */
export interface Draft {
  email: string;
  /** Kept between sign-up and its confirmation only, to sign in without asking again. */
  password?: string | undefined;
  /** Whether the user wants to stay signed in on this device. */
  keep: boolean;
}

/** The page. */
export interface App {
  readonly config: Config;
  readonly session: SiteSession;
  readonly draft: Draft;
  /** Goes to another address of the page, with a notice to show there. */
  go(path: string, notice?: string): void;
  /** Shows a view at the present address. */
  show(view: View): void;
  /** Signs out here, or on all devices, and goes to the sign-in page. */
  signOut(everywhere: boolean): Promise<void>;
}
